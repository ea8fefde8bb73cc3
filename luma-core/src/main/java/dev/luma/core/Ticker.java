package dev.luma.core;

import java.time.Instant;

/** The only source of time for the domain. Any thread may call it. */
public interface Ticker {
    /** A monotonic reading in nanoseconds; only differences between two readings mean something. */
    long nanos();

    /** The wall-clock time, for people to read; never used to decide anything. */
    Instant instant();
}
