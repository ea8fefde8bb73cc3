package dev.luma.core;

import dev.luma.core.Upstream.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Opens the mail of one project: lets the {@link StateMachine} decide what it means, and hands that on to those who do it.
 * Any thread may post; everything else is confined to the mailbox.
 */
final class Clerk {

    private final World world;
    private final Door door;
    private final StateMachine machine;
    private final NoticeBoard board;
    private final Mailbox<Object> mailbox = new Mailbox<>(this::handle);

    // Confined to the mailbox.
    private final WaitingRoom waitingRoom;
    private final Caretaker caretaker;
    private final Prewarmer prewarmer;
    private final AwaitedReturn awaitedReturn;
    private final List<CompletableFuture<Void>> restWaiters = new ArrayList<>();
    private ProjectState state;
    /** Whether the start that is under way is wanted even if nobody waits for it. */
    private boolean wanted;

    /** Where requests find, without the mailbox, to whom they go. */
    interface Door {
        /**
         * From now on they go here.
         *
         * @param ready the instance that new requests go to at once; null if they have to go to the line
         * @param early whether it is awake for nobody yet
         */
        void leadsTo(@Nullable Instance ready, boolean early);
    }

    Clerk(Project project, String instancePrefix, World world, Door door) {
        this.world = world;
        this.door = door;
        this.machine = new StateMachine(instancePrefix, world.limits().startTimeout());
        this.state = ProjectState.initial(project);
        this.waitingRoom = new WaitingRoom(
                world.ticker(), world.scheduler(), world.limits(), world.places(), this::startsBefore, this::post);
        this.caretaker = new Caretaker(world, this::post);
        this.prewarmer = new Prewarmer(world, project, this::post);
        this.awaitedReturn = new AwaitedReturn(world.ticker(), world.scheduler(), () -> post(new Mail.Look()));
        this.board = new NoticeBoard(state, prewarmer.told(), world.ticker(), world.listener());
    }

    /** What is to be seen of the project. */
    NoticeBoard board() {
        return board;
    }

    void post(Event event) {
        mailbox.post(event);
    }

    void post(Mail mail) {
        mailbox.post(mail);
    }

    private void post(WaitingRoom.News news) {
        mailbox.post(news);
    }

    private void post(Prewarming.Due due) {
        mailbox.post(due);
    }

    // From here on everything runs in the mailbox.

    private void handle(Object message) {
        NoticeBoard.View before = board.view();
        if (message instanceof Event event) {
            if (event instanceof Event.SleepRequested) {
                wanted = false;
            }
            take(event);
        } else if (message instanceof Mail.Closing closing) {
            caretaker.drainWithin(closing.drainTimeout());
            take(new Event.CloseRequested(closing.refusal()));
        } else if (message instanceof Mail.Arrival arrival) {
            waitingRoom.enter(arrival.waiter(), state);
        } else if (message instanceof Mail.Departure departure) {
            waitingRoom.leave(departure.waiter());
        } else if (message instanceof WaitingRoom.News news) {
            waitingRoom.hear(news, state, caretaker.ready(state.phase()));
        } else if (message instanceof Mail.RestRequested requested) {
            restWaiters.add(requested.done());
        } else if (message instanceof Mail.WakeRequested) {
            wanted = true;
            take(new Event.Demand());
        } else if (message instanceof Mail.ReturnAwaited awaited) {
            awaitedReturn.within(awaited.within());
        } else if (message instanceof Mail.Claim claim) {
            prewarmer.asked();
            // From now on it is kept as others are.
            take(new Event.IdleDue(claim.instance().id()));
        } else if (message instanceof Prewarming.Due due) {
            wakeAhead(due);
        }
        if (!waitingRoom.isEmpty()) {
            prewarmer.asked();
        }
        // Whoever waits keeps the project awake: this is the one place that sees to it, whatever happened.
        while (!waitingRoom.isEmpty() && needsDemand()) {
            take(new Event.Demand());
        }
        leaveLineIfUnwanted();
        prewarmer.see(state.phase(), !waitingRoom.isEmpty());
        caretaker.endTurnUnlessNeededIn(state.phase());
        waitingRoom.watch(state.phase() instanceof Phase.Running);
        admit();
        board.publish(state, waitingRoom.size(), caretaker, prewarmer.told());
        tellProgress();
        waitingRoom.tellOutcomes();
        if (state.isAtRest() && !restWaiters.isEmpty()) {
            List<CompletableFuture<Void>> done = List.copyOf(restWaiters);
            restWaiters.clear();
            done.forEach(future -> future.complete(null));
        }
        // Last of all, so that a listener that throws keeps nothing from being done.
        board.tellListener(before);
    }

    private void take(Event event) {
        for (Event next = event; next != null; next = caretaker.nextFollowUp()) {
            prewarmer.hear(next, state.project());
            if (next instanceof Event.IdleClosed) {
                prewarmer.fellAsleep(caretaker.ready(state.phase()), state.boots());
            }
            Step step = machine.step(state, next, world.ticker().nanos());
            state = step.state();
            admit();
            caretaker.enter(state.phase());
            step.effects().forEach(this::run);
        }
    }

    private void wakeAhead(Prewarming.Due due) {
        if (waitingRoom.isEmpty() && prewarmer.wakes(due, state.phase())) {
            take(new Event.Demand());
        }
    }

    /** Whoever stands in the line of those that want to start, and is not wanted any more, makes room for the others. */
    private void leaveLineIfUnwanted() {
        if (!(state.phase() instanceof Phase.Starting starting)) {
            wanted = false;
            awaitedReturn.stop();
        } else if (starting.isInLine() && !isWanted()) {
            take(new Event.Deserted());
            awaitedReturn.stop();
        }
    }

    private boolean isWanted() {
        return wanted || !waitingRoom.isEmpty() || awaitedReturn.isAwaited() || prewarmer.isEarly();
    }

    private void tellProgress() {
        if (!waitingRoom.isWatched()) {
            return;
        }
        StartLine.Turn turn = caretaker.turn();
        if (turn != null) {
            turn.whenMoved(() -> post(new Mail.Look()));
        }
        board.progress().ifPresent(waitingRoom::tellProgress);
    }

    private int startsBefore() {
        StartLine.Turn turn = caretaker.turn();
        return turn == null ? 0 : turn.ahead();
    }

    /** Says to whom new requests go. */
    private void admit() {
        Instance ready = waitingRoom.isEmpty() ? caretaker.ready(state.phase()) : null;
        door.leadsTo(ready, prewarmer.isEarly());
    }

    private boolean needsDemand() {
        Instance ready = caretaker.ready(state.phase());
        return state.phase() instanceof Phase.Running
                ? ready != null && ready.isOpen() && waitingRoom.mayLetOut()
                : !(state.phase() instanceof Phase.Starting) && !(state.phase() instanceof Phase.Pausing);
    }

    private void run(Effect effect) {
        if (effect instanceof Effect.Grant) {
            Instance ready = caretaker.ready(state.phase());
            if (ready != null) {
                waitingRoom.letOut(ready);
            }
        } else if (effect instanceof Effect.RefuseAll refuse) {
            waitingRoom.refuseAll(refuse.refusal());
        } else {
            caretaker.carryOut(effect, prewarmer.kept(effect, state.project()));
            if (effect instanceof Effect.Open) {
                waitingRoom.beginAnew();
            }
        }
    }
}
