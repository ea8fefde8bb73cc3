package dev.luma;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The rules of the house: who may import whom, and where time and threads come from. */
class ArchitectureTest {
    private static final String CORE = "dev.luma.core..";
    private static final String PROXY = "dev.luma.proxy..";
    private static final String API = "dev.luma.api..";
    private static final String DOCKER = "dev.luma.docker..";
    private static final String[] DIST = {
        "dev.luma.server..", "dev.luma.cli..", "dev.luma.config..", "dev.luma.store..", "dev.luma.edge.."
    };

    private static final String NETTY = "io.netty..";
    private static final String JACKSON = "com.fasterxml.jackson..";
    private static final String DOCKER_JAVA = "com.github.dockerjava..";
    private static final String PICOCLI = "picocli..";
    private static final String JDBC = "java.sql..";

    /** Static methods that read the time behind the injected clock's back. */
    private static final Map<String, Set<String>> CLOCK_READS = Map.of(
            "java.lang.System", Set.of("nanoTime", "currentTimeMillis"),
            "java.time.Clock", Set.of("system", "systemUTC", "systemDefaultZone"),
            "java.time.Instant", Set.of("now"),
            "java.time.LocalDate", Set.of("now"),
            "java.time.LocalDateTime", Set.of("now"),
            "java.time.OffsetDateTime", Set.of("now"),
            "java.time.ZonedDateTime", Set.of("now"));

    private static final JavaClasses LUMA =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("dev.luma");

    @Test
    void findsTheClasses() {
        assertTrue(LUMA.contain("dev.luma.core.package-info"), "luma-core is on the class path");
    }

    @Test
    void coreIsThePlainJdk() {
        check(classesIn(CORE)
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(CORE, "java..", "org.slf4j..", "org.jspecify..")
                .because("the domain knows no library"));
        check(classesIn(CORE).should().dependOnClassesThat().resideInAnyPackage(JDBC));
    }

    @Test
    void proxySeesCoreAndNetty() {
        check(classesIn(PROXY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(with(DIST, API, DOCKER, JACKSON, DOCKER_JAVA, PICOCLI, JDBC)));
    }

    @Test
    void apiSeesCoreNettyAndJackson() {
        check(classesIn(API)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(with(DIST, PROXY, DOCKER, DOCKER_JAVA, PICOCLI, JDBC)));
    }

    @Test
    void dockerSeesCoreAndDockerJava() {
        check(classesIn(DOCKER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(with(DIST, PROXY, API, NETTY, PICOCLI, JDBC)));
    }

    @Test
    void onlyTheDockerModuleKnowsDockerJava() {
        check(classesIn(DIST).should().dependOnClassesThat().resideInAnyPackage(DOCKER_JAVA));
    }

    @Test
    void onlyTheStoreKnowsSql() {
        check(classesIn("dev.luma.server..", "dev.luma.cli..", "dev.luma.config..", "dev.luma.edge..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(JDBC));
    }

    @Test
    void everyClassLivesInOneOfTheRooms() {
        check(noClasses()
                .should()
                .resideOutsideOfPackages(with(DIST, CORE, PROXY, API, DOCKER))
                .because("a new package needs its rule here"));
    }

    @Test
    void timeComesFromTheInjectedClock() {
        check(classesIn(CORE, PROXY, API, DOCKER)
                .should()
                .accessTargetWhere(describe("a read of the system clock", ArchitectureTest::readsTheClock))
                .because("tests advance time, they do not wait for it"));
    }

    @Test
    void threadsComeFromTheCompositionRoot() {
        check(classesIn(CORE, PROXY, API, DOCKER)
                .should()
                .accessTargetWhere(describe("the making of a thread or a pool", ArchitectureTest::makesThreads))
                .because("every thread is created in luma-dist"));
    }

    private static boolean readsTheClock(JavaAccess<?> access) {
        return CLOCK_READS
                .getOrDefault(access.getTargetOwner().getName(), Set.of())
                .contains(access.getTarget().getName());
    }

    private static boolean makesThreads(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        boolean constructor = access.getTarget().getName().equals("<init>");
        boolean maker = owner.isAssignableTo(Thread.class)
                || owner.isAssignableTo(Timer.class)
                || (owner.isAssignableTo(Executor.class)
                        && owner.getPackageName().startsWith("java."));
        return owner.isEquivalentTo(Executors.class) || (constructor && maker);
    }

    private static GivenClassesConjunction classesIn(String... packages) {
        return noClasses().that().resideInAnyPackage(packages);
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(LUMA);
    }

    private static String[] with(String[] packages, String... more) {
        List<String> all = new ArrayList<>(List.of(packages));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
