package dev.luma.core;

/** Hears what happens to projects. Called on whatever thread made it happen, in order for one project; returns at once. */
public interface ProjectListener {
    ProjectListener NONE = (before, after) -> {};

    /** A project has changed its state, its settings, or what went wrong with it last. */
    void changed(ProjectStatus before, ProjectStatus after);
}
