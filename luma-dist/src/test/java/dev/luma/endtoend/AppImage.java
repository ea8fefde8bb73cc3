package dev.luma.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The app of the tests as an image in the machine's engine: built before the first test, removed after the last. */
final class AppImage implements AutoCloseable {

    private final Engine engine = Engine.ofTheMachine();
    private final String name = "luma-test-" + UUID.randomUUID();

    private AppImage() {
        try {
            engine.buildApp(name);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static AppImage shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(AppImage.class))
                .computeIfAbsent(AppImage.class, key -> new AppImage(), AppImage.class);
    }

    Engine engine() {
        return engine;
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        engine.removeImage(name);
        engine.close();
    }
}
