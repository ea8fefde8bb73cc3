package dev.luma.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.Test;

class LogProviderTest {

    private static final String OVERRIDE = "logback.configurationFile";

    @Test
    void setsLoggingUpAsLumaDoes() {
        // The tests' own configuration, which is put back below.
        String own = System.clearProperty(OVERRIDE);
        LogProvider provider = new LogProvider();
        LoggerContext context = (LoggerContext) provider.getLoggerFactory();
        try {
            provider.initialize();
            assertTrue(context.isStarted());
            assertTrue(context.getLogger("dev.luma.server.Luma").isInfoEnabled());
            assertFalse(
                    context.getLogger("io.netty").isInfoEnabled(), "libraries say more than warnings on demand only");
        } finally {
            context.stop();
            if (own != null) {
                System.setProperty(OVERRIDE, own);
            }
        }
    }
}
