package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.luma.proxy.AccessRecord;
import dev.luma.proxy.AccessRecord.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class AccessFormatTest {

    private static final long TIME = Instant.parse("2026-11-25T18:01:43.007Z").toEpochMilli();

    private static void put(AccessRecord record, Text text, String value) {
        byte[] octets = value.getBytes(StandardCharsets.ISO_8859_1);
        record.put(text, octets, 0, octets.length);
    }

    private static AccessRecord full() {
        AccessRecord record = new AccessRecord();
        record.client = "192.0.2.7";
        put(record, Text.METHOD, "GET");
        put(record, Text.TARGET, "/a?b=c");
        put(record, Text.VERSION, "HTTP/1.1");
        put(record, Text.HOST, "shop.example.org");
        put(record, Text.USER_AGENT, "curl/8.5.0");
        put(record, Text.REFERER, "https://example.org/");
        put(record, Text.REQUEST_ID, "91c2a0de5b3f7784");
        record.project = "shop";
        record.instance = "4f1c2a9b";
        record.status = 200;
        record.waitedNanos = 101_234_567;
        record.firstByteNanos = 1_002_999;
        record.upstreamNanos = 1_500_000;
        record.durationNanos = 103_000_000;
        record.requestOctets = 80;
        record.bodyOctets = 1024;
        record.sentOctets = 1200;
        return record;
    }

    private static String line(AccessFormat format, AccessRecord record) {
        LineBuffer out = new LineBuffer();
        format.append(record, TIME, out);
        return StandardCharsets.ISO_8859_1.decode(out.content()).toString();
    }

    @Test
    void commonIsCombinedWithLumasColumnsBehindIt() {
        assertEquals(
                "192.0.2.7 - - [25/Nov/2026:18:01:43 +0000] \"GET /a?b=c HTTP/1.1\" 200 1024"
                        + " \"https://example.org/\" \"curl/8.5.0\" \"shop.example.org\" shop 4f1c2a9b"
                        + " 101.234 1.002 1.500 103.000 80 1200 - complete\n",
                line(AccessFormat.common(), full()));
    }

    @Test
    void jsonIsOneObjectALine() {
        assertEquals(
                "{\"time\":\"2026-11-25T18:01:43.007Z\",\"client\":\"192.0.2.7\",\"method\":\"GET\","
                        + "\"target\":\"/a?b=c\",\"version\":\"HTTP/1.1\",\"host\":\"shop.example.org\",\"status\":200,"
                        + "\"end\":\"complete\",\"project\":\"shop\",\"instance\":\"4f1c2a9b\",\"wake_ms\":101.234,"
                        + "\"first_byte_ms\":1.002,\"upstream_ms\":1.500,\"duration_ms\":103.000,\"request_bytes\":80,"
                        + "\"body_bytes\":1024,\"sent_bytes\":1200,\"request_id\":\"91c2a0de5b3f7784\",\"user_agent\":\"curl/8.5.0\","
                        + "\"referer\":\"https://example.org/\"}\n",
                line(AccessFormat.json(), full()));
    }

    @Test
    void whatIsNotKnownIsADashOrLeftOut() {
        AccessRecord record = new AccessRecord();
        record.reason = "bad-request";
        record.end = AccessRecord.End.CLIENT_LEFT;
        assertEquals(
                "- - - [25/Nov/2026:18:01:43 +0000] \"-\" - 0 \"-\" \"-\" \"-\" - - - - - - 0 0"
                        + " bad-request client_left\n",
                line(AccessFormat.common(), record));
        assertEquals(
                "{\"time\":\"2026-11-25T18:01:43.007Z\",\"reason\":\"bad-request\",\"end\":\"client_left\","
                        + "\"request_bytes\":0,\"body_bytes\":0,\"sent_bytes\":0}\n",
                line(AccessFormat.json(), record));
    }

    @Test
    void noOctetOfAClientEndsALineOrAQuote() throws IOException {
        for (int octet = 0; octet < 256; octet++) {
            for (Text text : Text.values()) {
                AccessRecord record = full();
                String hostile = "a" + (char) octet + "b";
                put(record, text, hostile);

                String common = line(AccessFormat.common(), record);
                assertTrue(common.matches("[ -~]*\n"), common);
                assertEquals(8, common.chars().filter(c -> c == '"').count());

                String json = line(AccessFormat.json(), record);
                assertTrue(json.matches("[ -~]*\n"), json);
                JsonNode read = new ObjectMapper().readTree(json);
                assertEquals(20, read.size());
                assertEquals(
                        hostile, read.get(text.name().toLowerCase(Locale.ROOT)).textValue());
            }
        }
    }

    @Test
    void aTextThatIsNotKeptWholeEndsWithThreeDots() {
        AccessRecord record = full();
        put(record, Text.USER_AGENT, "x".repeat(257));
        assertTrue(line(AccessFormat.common(), record).contains("\"" + "x".repeat(256) + "...\""));
        assertTrue(line(AccessFormat.json(), record).contains("\"user_agent\":\"" + "x".repeat(256) + "...\""));
    }

    @Test
    void aDateGoesOnWithTheSecond() {
        AccessFormat format = AccessFormat.common();
        assertEquals("25/Nov/2026:18:01:43 +0000", format.date(TIME));
        assertEquals("25/Nov/2026:18:01:43 +0000", format.date(TIME + 992));
        assertEquals("25/Nov/2026:18:01:44 +0000", format.date(TIME + 993));
    }
}
