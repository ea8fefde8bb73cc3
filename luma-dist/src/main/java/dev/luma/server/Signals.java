package dev.luma.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/**
 * The signals that ask Luma to end. The first one lets it stop in order; a second one ends the process at once. They are
 * caught rather than left to shutdown hooks, because those can neither exit with 0 nor hear a second signal.
 */
public final class Signals {

    private static final int KILLED = 130;

    private final CountDownLatch asked = new CountDownLatch(1);

    private Signals() {}

    /** Listens for SIGTERM, SIGINT and SIGHUP from now on. */
    public static Signals listen() {
        Signals signals = new Signals();
        try {
            // Every JDK exports sun.misc.Signal (JEP 260), but the compiler lets nobody name it without a warning.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object listener = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            signals.received();
                        }
                        return null;
                    });
            Method handle = signal.getMethod("handle", signal, handler);
            for (String name : new String[] {"TERM", "INT", "HUP"}) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
            }
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException unsupported) {
            throw new IllegalStateException("this JVM does not tell about signals", unsupported);
        }
        return signals;
    }

    /** Asks this process to end, as a signal from outside does. */
    static void raise() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            signal.getMethod("raise", signal)
                    .invoke(null, signal.getConstructor(String.class).newInstance("TERM"));
        } catch (ReflectiveOperationException unsupported) {
            throw new IllegalStateException("this JVM knows no signals", unsupported);
        }
    }

    /** Waits until Luma is asked to end. */
    public void await() throws InterruptedException {
        asked.await();
    }

    private void received() {
        if (asked.getCount() == 0) {
            Runtime.getRuntime().halt(KILLED);
        }
        asked.countDown();
    }
}
