package dev.luma.docker;

import com.github.dockerjava.core.RemoteApiVersion;

/** Which version of the engine's API is spoken: the smaller of the engine's newest and ours. */
final class ApiVersion {

    /** Docker 20.10. */
    static final RemoteApiVersion OLDEST = RemoteApiVersion.VERSION_1_41;

    /** The newest that the library knows, and old enough for every engine of today. */
    static final RemoteApiVersion NEWEST = RemoteApiVersion.VERSION_1_44;

    private ApiVersion() {}

    /**
     * @param engine the engine's own version, such as "20.10.24", for the sentence
     * @param newest the newest API version that the engine speaks
     * @param oldest the oldest that it speaks; empty if it does not say
     * @throws UnsupportedEngineException if there is none that both speak
     */
    static RemoteApiVersion choose(String engine, String newest, String oldest) throws UnsupportedEngineException {
        RemoteApiVersion theirs = RemoteApiVersion.parseConfigWithDefault(newest);
        if (theirs.equals(RemoteApiVersion.unknown())) {
            throw new UnsupportedEngineException("what answers at docker_host says that its API version is \"" + newest
                    + "\", so it is no Docker engine; correct docker_host");
        }
        if (OLDEST.isGreater(theirs)) {
            throw new UnsupportedEngineException("the Docker engine " + engine + " is too old: it speaks API "
                    + theirs.getVersion() + ", Luma needs " + OLDEST.getVersion()
                    + " or newer; install Docker 20.10 or newer");
        }
        RemoteApiVersion chosen = theirs.isGreater(NEWEST) ? NEWEST : theirs;
        RemoteApiVersion least = RemoteApiVersion.parseConfigWithDefault(oldest);
        if (!least.equals(RemoteApiVersion.unknown()) && least.isGreater(chosen)) {
            throw new UnsupportedEngineException("the Docker engine " + engine + " is too new: it speaks no API below "
                    + least.getVersion() + ", Luma speaks up to " + NEWEST.getVersion() + "; install a newer Luma");
        }
        return chosen;
    }
}
