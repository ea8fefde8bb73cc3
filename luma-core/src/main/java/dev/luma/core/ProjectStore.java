package dev.luma.core;

import java.io.IOException;
import java.util.Collection;

/** Keeps projects over a restart of Luma. Blocking; called by one thread at a time, never by an event loop. */
public interface ProjectStore {

    /** All projects that were saved and not deleted. */
    Collection<Project> load() throws IOException;

    /** Saves the project under its name, all or nothing: after an error the previous value stands. */
    void save(Project project) throws IOException;

    /** Forgets the project; does nothing if there is none of that name. */
    void delete(String name) throws IOException;
}
