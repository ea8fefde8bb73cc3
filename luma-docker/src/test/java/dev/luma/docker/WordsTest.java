package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WordsTest {

    private static final URI UNIX = URI.create("unix:///run/d.sock");
    private static final URI TCP = URI.create("tcp://engine:2375");

    static Stream<Arguments> troubles() {
        return Stream.of(
                Arguments.of(
                        UNIX,
                        new RuntimeException(new SocketException("No such file or directory")),
                        "there is no Docker socket at /run/d.sock; start Docker (systemctl start docker), or set"
                                + " docker_host to where it listens"),
                Arguments.of(
                        UNIX,
                        new CompletionException(new RuntimeException(new SocketException("Permission denied"))),
                        "Luma may not use the Docker socket /run/d.sock; add the user that runs Luma to the group of"
                                + " the socket (usermod -aG docker <user>) and start Luma again"),
                Arguments.of(
                        UNIX,
                        new RuntimeException(new ConnectException("Connection refused")),
                        "nothing listens at the Docker socket /run/d.sock; start Docker (systemctl start docker), or"
                                + " set docker_host to where it listens"),
                Arguments.of(
                        TCP,
                        new RuntimeException(
                                new ConnectException("Connect to http://engine:2375 failed: Connection" + " refused")),
                        "nothing listens at tcp://engine:2375; start Docker (systemctl start docker), or set"
                                + " docker_host to where it listens"),
                Arguments.of(
                        TCP,
                        new RuntimeException(new UnknownHostException("engine")),
                        "the host of docker_host (tcp://engine:2375) is not known; correct docker_host"),
                Arguments.of(
                        UNIX,
                        new TimeoutException("late"),
                        "the Docker engine at unix:///run/d.sock does not answer in time; look at its log"
                                + " (journalctl -u docker) and restart it if need be"),
                Arguments.of(
                        UNIX,
                        new InternalServerErrorException("{\"message\":\"no disk\"}"),
                        "the Docker engine at unix:///run/d.sock refuses to work: no disk; look at its log"
                                + " (journalctl -u docker)"),
                Arguments.of(
                        UNIX,
                        new RuntimeException(new IOException("odd")),
                        "the Docker engine at unix:///run/d.sock does not answer (odd); see whether it runs"
                                + " (systemctl status docker)"),
                Arguments.of(UNIX, new UnsupportedEngineException("too old"), "too old"),
                Arguments.of(UNIX, new EngineDownException("gone"), "gone"));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void saysWhatIsWrongAndWhatHelps(URI host, Throwable error, String sentence) {
        assertEquals(sentence, Words.trouble(host, error));
    }

    @Test
    void repeatsTheEnginesOwnWords() {
        assertEquals("no such image", Words.refusal(new NotFoundException("{\"message\":\"no such image\"}\n")));
        assertEquals("404 page not found", Words.refusal(new NotFoundException("404 page not found\n")));
        assertEquals("{\"other\":1}", Words.refusal(new NotFoundException("{\"other\":1}")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OCI runtime create failed: exec: \"/x\": stat /x: no such file or directory: unknown"
                        + "|the command of its image does not exist in the image",
                "OCI runtime create failed: exec: \"x\": executable file not found in $PATH: unknown"
                        + "|the command of its image does not exist in the image",
                "container_linux.go:380: starting container process caused: exec: \"/etc\": permission denied"
                        + "|the command of its image may not be executed",
                "No command specified|its image names no command to run",
                "write /var/lib/x: no space left on device|the disk of the container engine is full",
                "something else|the container engine refused to",
            })
    void explainsWhyAContainerDoesNotStart(String said, String sentence) {
        assertEquals(sentence, Words.startRefusal(said));
    }
}
