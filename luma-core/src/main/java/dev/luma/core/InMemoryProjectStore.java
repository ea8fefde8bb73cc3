package dev.luma.core;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A store that forgets everything with the process. */
public final class InMemoryProjectStore implements ProjectStore {

    private final Map<String, Project> projects = new ConcurrentHashMap<>();

    @Override
    public Collection<Project> load() {
        return List.copyOf(projects.values());
    }

    @Override
    public void save(Project project) {
        projects.put(project.name(), project);
    }

    @Override
    public void delete(String name) {
        projects.remove(name);
    }
}
