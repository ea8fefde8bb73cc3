package dev.luma.proxy;

import dev.luma.core.Cidr;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/** {@link ProxySettings} with one value changed. */
final class Settings {

    private Settings() {}

    /** @param name the component of {@link ProxySettings.Timeouts} */
    static ProxySettings timeout(ProxySettings from, String name, Duration timeout) {
        return from.with(changed(from.timeouts(), name, timeout));
    }

    /** @param name the component of {@link ProxySettings.Bounds} */
    static ProxySettings bound(ProxySettings from, String name, int bound) {
        return from.with(changed(from.bounds(), name, bound));
    }

    /** @param name the component of {@link ProxySettings.Connections} */
    static ProxySettings connections(ProxySettings from, String name, int number) {
        return from.with(changed(from.connections(), name, number));
    }

    /** @param ranges those of trusted proxies */
    static ProxySettings behind(ProxySettings from, boolean proxyProtocol, String... ranges) {
        return from.with(new ProxySettings.Front(
                Stream.of(ranges).map(range -> Cidr.parse(range).orElseThrow()).toList(), proxyProtocol));
    }

    static ProxySettings upstreamIdle(ProxySettings from, Duration timeout) {
        return timeout(from, "upstreamIdle", timeout);
    }

    static ProxySettings clientTimeouts(ProxySettings from, Duration head, Duration keepAlive) {
        return timeout(timeout(from, "head", head), "keepAlive", keepAlive);
    }

    private static <R extends Record> R changed(R from, String name, Object value) {
        RecordComponent[] components = from.getClass().getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        boolean found = false;
        try {
            for (int i = 0; i < components.length; i++) {
                boolean meant = components[i].getName().equals(name);
                types[i] = components[i].getType();
                values[i] = meant ? value : components[i].getAccessor().invoke(from);
                found |= meant;
            }
            if (!found) {
                throw new IllegalArgumentException(name + " is none of " + Arrays.toString(components));
            }
            @SuppressWarnings("unchecked")
            R changed = (R) from.getClass().getDeclaredConstructor(types).newInstance(values);
            return changed;
        } catch (ReflectiveOperationException refused) {
            throw new IllegalArgumentException(name + " cannot be " + value, refused);
        }
    }
}
