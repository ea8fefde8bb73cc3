package dev.luma.server;

import dev.luma.config.Settings;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.Ticker;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Makes the runtime behind which containers live. */
interface RuntimeMaker {

    /**
     * Makes it.
     *
     * @param owner the id that marks what this Luma makes
     */
    Made make(Settings settings, String owner, Pools pools, Ticker ticker) throws StartException;

    /**
     * A runtime.
     *
     * @param connect lets it connect by itself, now or whenever the engine answers; what is asked of it before waits
     * @param warm gets ready what the first start needs; never fails
     * @param leave removes what it holds ready for starts, once there will be none; never fails
     * @param close lets go of it, and of what it holds
     */
    record Made(
            ContainerRuntime runtime,
            Runnable connect,
            Supplier<CompletionStage<Void>> warm,
            Supplier<CompletionStage<Void>> leave,
            AutoCloseable close) {}
}
