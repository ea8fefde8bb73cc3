package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {

    @ParameterizedTest
    @CsvSource({"172.17.0.3, 80, 172.17.0.3:80", "fd00::2, 8080, [fd00::2]:8080", "::1, 1, [::1]:1"})
    void theAuthorityPutsBracketsAroundVersionSix(String address, int port, String expected) {
        assertEquals(expected, new Endpoint(address, port, Endpoint.Reach.DIRECT).authority());
    }
}
