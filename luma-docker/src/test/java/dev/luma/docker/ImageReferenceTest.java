package dev.luma.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageReferenceTest {

    @ParameterizedTest
    @CsvSource({
        "nginx, nginx, latest",
        "nginx:1.27, nginx, 1.27",
        "nginxdemos/hello, nginxdemos/hello, latest",
        "registry.example:5000/team/app, registry.example:5000/team/app, latest",
        "registry.example:5000/team/app:2, registry.example:5000/team/app, 2",
        "nginx@sha256:abc, nginx@sha256:abc, ''",
        "nginx:1.27@sha256:abc, nginx:1.27@sha256:abc, ''",
    })
    void splitsRepositoryAndTag(String text, String repository, String tag) {
        assertEquals(new ImageReference(repository, tag), ImageReference.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"nginx, nginx:latest", "nginx:latest, nginx:latest", "nginx@sha256:abc, nginx@sha256:abc"})
    void hasOneFormForEachWayToWriteIt(String text, String canonical) {
        assertEquals(canonical, ImageReference.parse(text).canonical());
    }
}
