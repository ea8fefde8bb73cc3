package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.core.DockerClientConfig;
import dev.luma.core.Endpoint;
import dev.luma.core.Endpoint.Reach;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {

    @Test
    void takesTheContainersOwnAddress() {
        InspectContainerResponse container =
                read("{'NetworkSettings':{'Networks':{'bridge':{'IPAddress':'172.17.0.9'}}}}");
        assertEquals(
                Optional.of(new Endpoint("172.17.0.9", 80, Reach.DIRECT)),
                Addresses.endpoint(container, facts(true), 80));
    }

    @Test
    void takesThePublishedPort() {
        InspectContainerResponse container = read("{'NetworkSettings':{'Networks':{},'Ports':{'81/tcp':null,"
                + "'80/tcp':[{'HostIp':'127.0.0.1','HostPort':'32768'}]}}}");
        assertEquals(
                Optional.of(new Endpoint("127.0.0.1", 32768, Reach.PUBLISHED)),
                Addresses.endpoint(container, facts(false), 80));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "true|{'NetworkSettings':{'Networks':{'none':{'IPAddress':''}}}}",
                "true|{'NetworkSettings':{'Networks':{}}}",
                "true|{'NetworkSettings':{}}",
                "false|{'NetworkSettings':{'Ports':{}}}",
                "false|{'NetworkSettings':{'Ports':{'80/tcp':null}}}",
                "false|{'NetworkSettings':{}}",
            })
    void saysThatThereIsNone(boolean direct, String json) {
        assertEquals(Optional.empty(), Addresses.endpoint(read(json), facts(direct), 80));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'Config':{'StopSignal':'SIGQUIT'}}|SIGQUIT",
                "{'Config':{'StopSignal':''}}|",
                "{'Config':{}}|",
                "{}|",
            })
    void findsTheSignalThatTheImageAsksFor(String json, String signal) {
        assertEquals(Optional.ofNullable(signal), Addresses.stopSignal(read(json)));
    }

    private static EngineFacts facts(boolean direct) {
        return new EngineFacts("Docker", true, direct, "127.0.0.1", "x86_64", Instant.EPOCH);
    }

    private static InspectContainerResponse read(String json) {
        try {
            return DockerClientConfig.getDefaultObjectMapper()
                    .readValue(json.replace('\'', '"'), InspectContainerResponse.class);
        } catch (JsonProcessingException malformed) {
            throw new AssertionError(malformed);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-26T07:00:00.123456789Z, 1795676400",
        "0001-01-01T00:00:00Z, 0",
        "2099-01-01T00:00:00Z, 0",
        "soon, 0",
        "'', 0",
    })
    void theSecondOfAStart(String moment, int second) {
        assertEquals(second, Addresses.startSecond(moment));
    }
}
