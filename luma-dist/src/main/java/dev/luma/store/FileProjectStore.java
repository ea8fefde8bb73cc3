package dev.luma.store;

import dev.luma.core.Project;
import dev.luma.core.ProjectRules;
import dev.luma.core.ProjectStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One JSON file a project. A file that cannot be read is reported and left as it is; it does not keep the others from
 * loading.
 */
public final class FileProjectStore implements ProjectStore {

    private static final Logger LOG = LoggerFactory.getLogger(FileProjectStore.class);
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final Set<Path> unreadable = new HashSet<>();

    private FileProjectStore(Path directory) {
        this.directory = directory;
    }

    public static FileProjectStore in(StateDirectory state) throws IOException {
        Path directory = state.path().resolve("projects");
        StateDirectory.createPrivate(directory);
        return new FileProjectStore(directory);
    }

    @Override
    public Collection<Project> load() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.endsWith(SUFFIX)) {
                    files.add(entry);
                } else if (name.endsWith(SUFFIX + AtomicFile.UNFINISHED)) {
                    Files.delete(entry);
                }
            }
        }
        files.sort(null);
        Map<String, Project> byHostname = new HashMap<>();
        for (Path file : files) {
            try {
                Project project = ProjectJson.read(Files.readAllBytes(file));
                check(file, project, byHostname);
                byHostname.put(project.hostname(), project);
            } catch (IOException wrong) {
                unreadable.add(file);
                LOG.error(
                        "The project in {} is left out: {}; correct the file and start Luma again, or remove it",
                        file,
                        wrong.getMessage());
            }
        }
        return List.copyOf(byHostname.values());
    }

    @Override
    public void save(Project project) throws IOException {
        Path file = file(project.name());
        if (unreadable.remove(file) && Files.exists(file)) {
            Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            LOG.warn("The unreadable {} is now {}, to make room for the project that is registered", file, aside);
        }
        AtomicFile.write(file, ProjectJson.write(project));
    }

    @Override
    public void delete(String name) throws IOException {
        AtomicFile.delete(file(name));
    }

    private static void check(Path file, Project project, Map<String, Project> byHostname) throws IOException {
        if (!file.getFileName().toString().equals(project.name() + SUFFIX)) {
            throw new IOException(
                    "its name is " + project.name() + ", but the file is not called " + project.name() + SUFFIX);
        }
        Project other = byHostname.get(project.hostname());
        if (other != null) {
            throw new IOException("its hostname " + project.hostname() + " is that of the project " + other.name());
        }
    }

    private Path file(String name) {
        if (ProjectRules.name(name).isPresent()) {
            throw new IllegalArgumentException("\"" + name + "\" is not the name of a project");
        }
        return directory.resolve(name + SUFFIX);
    }
}
