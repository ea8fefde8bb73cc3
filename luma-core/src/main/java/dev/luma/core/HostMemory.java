package dev.luma.core;

import java.util.Optional;
import java.util.OptionalDouble;

/** The memory of the machine on which Luma runs. Any thread may ask, and is answered at once. */
public interface HostMemory {

    /** Of a machine that does not tell. */
    HostMemory UNKNOWN = Optional::empty;

    /** How it is now; empty if that cannot be known. */
    Optional<Reading> read();

    /**
     * How it is at one moment.
     *
     * @param total how many octets there are
     * @param available how many of them whoever needs some could get without swapping
     * @param stalled in how many percent of the last {@link MemoryWatch#STALL_SPAN} somebody waited for memory; empty if the
     *     kernel does not count that
     */
    record Reading(long total, long available, OptionalDouble stalled) {}
}
