package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.PullResponseItem;
import dev.luma.core.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PullProgressTest {

    private final AtomicLong now = new AtomicLong();
    private final PullProgress progress = new PullProgress("nginx:latest", new Ticker() {
        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH;
        }
    });

    @Test
    void addsUpTheLayers() {
        take("{'status':'Pulling from library/nginx','id':'latest'}");
        take("{'status':'Downloading','id':'a','progressDetail':{'current':3000000,'total':9000000}}");
        take("{'status':'Downloading','id':'b','progressDetail':{'current':1000000,'total':2000000}}");
        take("{'status':'Download complete','id':'b'}");
        take("{'status':'Download complete','id':'c'}");
        now.addAndGet(Duration.ofMillis(11_500).toNanos());
        assertEquals("5 of 11 MB in 2 layers, after 11s", progress.sentence());
        assertNull(progress.complaint());
    }

    @Test
    void keepsTheComplaint() {
        take("{'errorDetail':{'message':'no space left'},'error':'no space left'}");
        assertEquals("no space left", progress.complaint());
    }

    private void take(String json) {
        try {
            progress.take(new ObjectMapper().readValue(json.replace('\'', '"'), PullResponseItem.class));
        } catch (JsonProcessingException malformed) {
            throw new AssertionError(malformed);
        }
    }
}
