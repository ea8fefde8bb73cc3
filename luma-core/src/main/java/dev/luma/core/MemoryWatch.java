package dev.luma.core;

import dev.luma.core.ContainerRuntime.Finding;
import dev.luma.core.HostMemory.Reading;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the longest paused instance of the host stopped when memory is short, then the next one if that was not enough. Each
 * time it waits until the stop is done and looks again, since one low reading must not cost them all. It looks only while
 * something is paused, with one timer for all. Any thread may tell it something.
 */
final class MemoryWatch {

    /** Nobody would notice it later than that, and two small files are read each time. */
    static final Duration LOOK = Duration.ofSeconds(3);

    /** Over how long the kernel's share of stalls is a mean. So much after a stop it says something of what came of it. */
    static final Duration STALL_SPAN = Duration.ofSeconds(10);

    /** In percent. A machine at ease has none; one that can hardly work any more has more than the half. */
    static final double STALLED = 10;

    /** While more than a fourth is available, who waits has come to a limit of its own, and another's memory is no help. */
    private static final int AMPLE = 4;

    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);

    private final HostMemory memory;
    private final MemoryReserve reserve;
    private final BooleanSupplier containersAreHere;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Mailbox<Runnable> mailbox = new Mailbox<>(Runnable::run);

    // Confined to the mailbox.
    /** The longest paused first. */
    private final Map<String, Pause> paused = new LinkedHashMap<>();

    private @Nullable Pause asked;
    private @Nullable Long relieved;
    private Scheduler.Cancellable timer = Scheduler.Cancellable.NONE;

    /** @param containersAreHere whether containers live in this memory, as far as is known */
    MemoryWatch(
            HostMemory memory,
            MemoryReserve reserve,
            BooleanSupplier containersAreHere,
            Ticker ticker,
            Scheduler scheduler) {
        this.memory = memory;
        this.reserve = reserve;
        this.containersAreHere = containersAreHere;
        this.ticker = ticker;
        this.scheduler = scheduler;
    }

    /**
     * An instance is paused from now on, until what is returned is cancelled.
     *
     * @param onNeeded told, on any thread, that its memory is needed
     */
    Scheduler.Cancellable paused(String project, String instance, Runnable onNeeded) {
        if (reserve.isNone()) {
            return Scheduler.Cancellable.NONE;
        }
        Pause pause = new Pause(project, instance, ticker.nanos(), onNeeded);
        mailbox.post(() -> begin(pause));
        return () -> mailbox.post(() -> end(pause));
    }

    /** An instance is being stopped, for whatever reason; one that was paused is so no longer, which was told before. */
    void stops(String instance, CompletionStage<Void> stop) {
        if (!reserve.isNone()) {
            mailbox.post(() -> await(instance, stop));
        }
    }

    /** Whether there is too little of it now, however lately something was stopped for that. */
    boolean isShort() {
        return !reserve.isNone()
                && containersAreHere.getAsBoolean()
                && memory.read().flatMap(reading -> shortage(reading, true)).isPresent();
    }

    /** What a person should know of it. */
    Finding finding() {
        if (reserve.isNone()) {
            return fine("memory_reserve is 0, so nothing is stopped when memory is short");
        }
        Optional<Reading> reading = memory.read();
        if (reading.isEmpty()) {
            return fine("how much is available cannot be read on this machine, so nothing is stopped when it is short");
        }
        if (!containersAreHere.getAsBoolean()) {
            return fine("nothing is stopped when it is short, as no engine answers that runs on this machine's kernel");
        }
        String mark = " (the longest paused are stopped under "
                + mebibytes(reserve.of(reading.get().total())) + ")";
        return shortage(reading.get(), true)
                .map(shortage -> new Finding(
                        "memory",
                        false,
                        "is short: " + shortage + "; stop what is not needed, or lower memory_reserve"))
                .orElseGet(() -> fine(available(reading.get()) + mark));
    }

    private static Finding fine(String sentence) {
        return new Finding("memory", true, sentence);
    }

    private void begin(Pause pause) {
        paused.put(pause.instance, pause);
        if (timer == Scheduler.Cancellable.NONE) {
            lookLater();
        }
    }

    private void end(Pause pause) {
        pause.over = true;
        paused.remove(pause.instance, pause);
        if (paused.isEmpty()) {
            timer.cancel();
            timer = Scheduler.Cancellable.NONE;
        }
    }

    private void await(String instance, CompletionStage<Void> stop) {
        Pause pause = asked;
        if (pause != null && pause.instance.equals(instance)) {
            pause.stopping = true;
            stop.whenComplete((done, error) -> mailbox.post(() -> stopEnded(pause)));
        }
    }

    /** Whether it came to something or not: if not, the next one may be luckier. */
    private void stopEnded(Pause pause) {
        if (asked == pause) {
            asked = null;
            relieved = ticker.nanos();
        }
    }

    private void lookLater() {
        timer = scheduler.schedule(() -> mailbox.post(this::look), LOOK);
    }

    private void look() {
        timer = Scheduler.Cancellable.NONE;
        if (paused.isEmpty()) {
            return;
        }
        if (asked != null && asked.over && !asked.stopping) {
            // It was woken before it heard of it.
            asked = null;
        }
        if (asked == null && containersAreHere.getAsBoolean()) {
            Optional<Reading> reading = memory.read();
            if (reading.isEmpty()) {
                // It will not be different in a moment. The next one that is paused looks again.
                return;
            }
            shortage(reading.get(), areStallsOfNow()).ifPresent(this::stopLongest);
        }
        lookLater();
    }

    private void stopLongest(String shortage) {
        Pause longest = paused.values().iterator().next();
        asked = longest;
        LOG.info(
                "{} is stopped, since it has been paused the longest ({}) and memory is short: {}",
                longest.project,
                Durations.format(Duration.ofSeconds((ticker.nanos() - longest.since) / 1_000_000_000)),
                shortage);
        longest.onNeeded.run();
    }

    private boolean areStallsOfNow() {
        return relieved == null || ticker.nanos() - relieved >= STALL_SPAN.toNanos();
    }

    /** In what way memory is short, if it is. */
    private Optional<String> shortage(Reading reading, boolean stallsCount) {
        long mark = reserve.of(reading.total());
        if (reading.available() < mark) {
            return Optional.of(available(reading) + ", less than " + mebibytes(mark) + " (memory_reserve)");
        }
        boolean stalls = stallsCount
                && reading.available() < reading.total() / AMPLE
                && reading.stalled().orElse(0) >= STALLED;
        return stalls
                ? Optional.of(available(reading) + ", and somebody waited for memory in "
                        + Math.round(reading.stalled().getAsDouble()) + "% of the last "
                        + Durations.format(STALL_SPAN))
                : Optional.empty();
    }

    private static String available(Reading reading) {
        return mebibytes(reading.available()) + " of " + mebibytes(reading.total()) + " are available";
    }

    private static String mebibytes(long octets) {
        return (octets >> 20) + " MiB";
    }

    /** One time in which an instance is paused. */
    private static final class Pause {
        private final String project;
        private final String instance;
        private final long since;
        private final Runnable onNeeded;
        private boolean over;
        private boolean stopping;

        Pause(String project, String instance, long since, Runnable onNeeded) {
            this.project = project;
            this.instance = instance;
            this.since = since;
            this.onNeeded = onNeeded;
        }
    }
}
