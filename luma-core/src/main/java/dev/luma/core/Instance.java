package dev.luma.core;

import java.time.Instant;
import java.util.function.Consumer;

/**
 * One container of a revision, ready or on its way out, with its endpoint and its gate. Identity matters: the data
 * plane keeps its connections by instance. Any thread may read it.
 */
public final class Instance {

    private final String id;
    private final int revision;
    private final Endpoint endpoint;
    private volatile Boot boot;
    private final Instant startedAt;
    private final Ticker ticker;
    private final Consumer<Instance> onDrained;
    private final Consumer<Instance> onUnreachable;
    private final Gate gate = new Gate();
    private final long firstReady;
    private volatile long lastUsed;

    Instance(
            String id,
            int revision,
            Endpoint endpoint,
            Boot boot,
            Ticker ticker,
            Consumer<Instance> onDrained,
            Consumer<Instance> onUnreachable) {
        this.id = id;
        this.revision = revision;
        this.endpoint = endpoint;
        this.boot = boot;
        this.ticker = ticker;
        this.startedAt = ticker.instant();
        this.firstReady = ticker.nanos();
        this.lastUsed = firstReady;
        this.onDrained = onDrained;
        this.onUnreachable = onUnreachable;
    }

    public String id() {
        return id;
    }

    public int revision() {
        return revision;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** How it came up last: one that had only fallen silent came up before. */
    public Boot boot() {
        return boot;
    }

    void cameUp(Boot latest) {
        if (latest.way() == Way.UNPAUSE) {
            boot = latest;
        }
    }

    public Instant startedAt() {
        return startedAt;
    }

    public int inFlight() {
        return gate.inFlight();
    }

    /** False once no new request is let through to it, for the time being or for good. */
    public boolean isOpen() {
        return !gate.isClosed();
    }

    /** The {@link Ticker#nanos()} reading at which the last lease was released, or the instance became ready. */
    long lastUsed() {
        return lastUsed;
    }

    /** Whether a lease on it has been released yet. */
    boolean wasUsed() {
        return lastUsed != firstReady;
    }

    Gate gate() {
        return gate;
    }

    void released() {
        // Noted before the count falls, so that whoever sees zero in flight also sees when it was last used.
        lastUsed = ticker.nanos();
        if (gate.release()) {
            onDrained.accept(this);
        }
    }

    void unreachable() {
        onUnreachable.accept(this);
    }

    @Override
    public String toString() {
        return id + "@" + endpoint.authority();
    }
}
