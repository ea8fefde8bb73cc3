package dev.luma.server;

import dev.luma.config.Settings;
import dev.luma.core.ContainerRuntime;
import dev.luma.core.Ticker;

/** Makes the runtime behind which containers live. */
interface RuntimeMaker {

    /**
     * Makes it; it connects by itself, now or whenever the engine answers.
     *
     * @param owner the id that marks what this Luma makes
     */
    Made make(Settings settings, String owner, Pools pools, Ticker ticker) throws StartException;

    /** A runtime, and how to let go of it. */
    record Made(ContainerRuntime runtime, AutoCloseable close) {}
}
