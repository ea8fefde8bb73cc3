package dev.luma.core;

import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The line in which the projects of one host stand that want to start a container: so many at once, first come first
 * served, each project once for however many requests. So a host on which everything wakes at the same time does not make
 * every start as slow as all of them together. Any thread may enter it and leave it.
 */
final class StartLine {

    private final IntSupplier most;
    private final Mailbox<Runnable> mailbox = new Mailbox<>(Runnable::run);

    /** Changed in the mailbox only. */
    private final NavigableMap<Long, Turn> waiting = new ConcurrentSkipListMap<>();

    // Confined to the mailbox.
    private long tickets;
    private int starting;
    private boolean closed;

    /** @param most how many may start at once; may change, and is at least one */
    StartLine(IntSupplier most) {
        this.most = most;
    }

    /**
     * Puts a project at the end of the line.
     *
     * @param onTurn told when it may start, on any thread, at once perhaps; may be told just after it has ended its turn
     */
    Turn enter(Runnable onTurn) {
        Turn turn = new Turn(onTurn);
        mailbox.post(() -> add(turn));
        return turn;
    }

    /** From now on nobody has a turn any more, as Luma is stopping. */
    void close() {
        mailbox.post(() -> closed = true);
    }

    private void add(Turn turn) {
        turn.ticket = ++tickets;
        turn.stage = Stage.WAITING;
        waiting.put(turn.ticket, turn);
        turn.tellMoved();
        letStart();
    }

    private void end(Turn turn) {
        if (turn.stage == Stage.WAITING) {
            waiting.remove(turn.ticket);
        } else if (turn.stage == Stage.STARTING) {
            starting--;
        }
        turn.stage = Stage.OVER;
        letStart();
        tellMoved();
    }

    /** The line has become shorter, which some want to know. */
    private void tellMoved() {
        waiting.values().forEach(Turn::tellMoved);
    }

    private void letStart() {
        while (!closed && !waiting.isEmpty() && starting < Math.max(1, most.getAsInt())) {
            Turn next = waiting.pollFirstEntry().getValue();
            next.stage = Stage.STARTING;
            starting++;
            next.onTurn.run();
        }
    }

    private enum Stage {
        NEW,
        WAITING,
        STARTING,
        OVER
    }

    /** The place of one project, in the line or among those that start, until it is ended. */
    final class Turn {
        private final Runnable onTurn;
        private volatile long ticket;
        private volatile @Nullable Runnable onMoved;
        private Stage stage = Stage.NEW;

        private Turn(Runnable onTurn) {
            this.onTurn = onTurn;
        }

        /** Leaves the line, or makes room for the next one to start. Ending it twice does nothing. */
        void end() {
            mailbox.post(() -> StartLine.this.end(this));
        }

        /** From now on it is told, on any thread, that the number of those ahead of it may have changed; the last who asks is. */
        void whenMoved(Runnable told) {
            onMoved = told;
        }

        private void tellMoved() {
            Runnable told = onMoved;
            if (told != null) {
                told.run();
            }
        }

        /** How many others start before it, those left out that start already. */
        int ahead() {
            return waiting.headMap(ticket).size();
        }
    }
}
