import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times wakes, in turns: the engine's own ways through its socket, and Luma's.
 *
 * <pre>
 *   java Wakes.java ways SOCKET IMAGE HOLDER_IMAGE TURNS NAME=PROXY_PORT:API_PORT:PROJECT:WAY[:STATE]...
 *   java Wakes.java crowd PROXY_PORT HOST...      asks all hosts at once
 * </pre>
 */
final class Wakes {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
    private static final Pattern ID = Pattern.compile("\"Id\":\"([0-9a-f]+)\"");
    private static final Pattern ADDRESS = Pattern.compile("\"IPAddress\":\"([0-9.]+)\"");
    private static final Pattern WAY = Pattern.compile("luma-wake;dur=[0-9.]+;desc=(\\w+)");
    private static final int PORT = 8080;

    private final SocketAddress engine;

    /** One of the ways: what is timed, and what sets it back. */
    private interface Way {
        void wake() throws Exception;

        void sleep() throws Exception;
    }

    private Wakes(String socket) {
        this.engine = UnixDomainSocketAddress.of(socket);
    }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("crowd")) {
            crowd(Integer.parseInt(args[1]), List.of(args).subList(2, args.length));
        } else {
            new Wakes(args[1]).run(args[2], args[3], Integer.parseInt(args[4]), List.of(args).subList(5, args.length));
        }
    }

    private void run(String image, String holderImage, int turns, List<String> lumas) throws Exception {
        List<String> made = new ArrayList<>();
        try {
            Map<String, Way> ways = new LinkedHashMap<>();
            String stopped = create(image, "");
            made.add(stopped);
            String holder = create(holderImage, ", \"Cmd\": [\"/wait\"]");
            made.add(holder);
            call("POST", "/containers/" + holder + "/start");
            ways.put("docker start of a stopped container", new StartAgain(stopped, null));
            ways.put("docker create and start", new CreateAndStart(image, "", null));
            String within = ", \"HostConfig\": {\"NetworkMode\": \"container:" + holder + "\"}";
            ways.put("the same in a network that is there", new CreateAndStart(image, within, address(holder)));
            String keptHolder = create(holderImage, ", \"Cmd\": [\"/wait\"]");
            made.add(keptHolder);
            call("POST", "/containers/" + keptHolder + "/start");
            String kept =
                    create(image, ", \"HostConfig\": {\"NetworkMode\": \"container:" + keptHolder + "\"}");
            made.add(kept);
            ways.put("docker start in a network that is there", new StartAgain(kept, address(keptHolder)));
            for (String luma : lumas) {
                int sign = luma.indexOf('=');
                String[] where = luma.substring(sign + 1).split(":", -1);
                ways.put(
                        luma.substring(0, sign),
                        new Luma(
                                Integer.parseInt(where[0]),
                                Integer.parseInt(where[1]),
                                where[2],
                                where[3],
                                where.length > 4 ? where[4] : ""));
            }
            time(turns, ways);
        } finally {
            for (String id : made) {
                call("DELETE", "/containers/" + id + "?force=1&v=1");
            }
        }
    }

    private static void time(int turns, Map<String, Way> ways) throws Exception {
        Map<String, List<Double>> results = new LinkedHashMap<>();
        // The first turn warms up.
        for (int turn = 0; turn <= turns; turn++) {
            for (Map.Entry<String, Way> each : ways.entrySet()) {
                // Whatever the last one has left to do is done by now.
                TimeUnit.MILLISECONDS.sleep(1_200);
                long from = System.nanoTime();
                each.getValue().wake();
                double took = (System.nanoTime() - from) / 1e6;
                each.getValue().sleep();
                if (turn > 0) {
                    results.computeIfAbsent(each.getKey(), key -> new ArrayList<>()).add(took);
                }
            }
        }
        double reference = percentile(results.values().iterator().next(), 50);
        System.out.printf("| until the first answer, %d turns | p50 ms | p90 ms | of `docker start` |%n", turns);
        System.out.println("|---|---|---|---|");
        results.forEach((name, all) -> System.out.printf(
                "| %s | %.1f | %.1f | %.2f |%n",
                name, percentile(all, 50), percentile(all, 90), percentile(all, 50) / reference));
    }

    private final class StartAgain implements Way {
        private final String id;
        /** Where it will be, if that is known before. */
        private final String address;

        StartAgain(String id, String address) {
            this.id = id;
            this.address = address;
        }

        @Override
        public void wake() throws Exception {
            start(id, address);
        }

        @Override
        public void sleep() throws Exception {
            call("POST", "/containers/" + id + "/stop?t=5");
        }
    }

    private final class CreateAndStart implements Way {
        private final String image;
        private final String more;
        /** Where it will be, if that is known before. */
        private final String address;

        private String id;

        CreateAndStart(String image, String more, String address) {
            this.image = image;
            this.more = more;
            this.address = address;
        }

        @Override
        public void wake() throws Exception {
            id = create(image, more);
            start(id, address);
        }

        @Override
        public void sleep() throws Exception {
            call("DELETE", "/containers/" + id + "?force=1&v=1");
        }
    }

    private void start(String id, String address) throws Exception {
        if (address == null) {
            call("POST", "/containers/" + id + "/start");
            awaitAnswer(address(id));
            return;
        }
        Thread answer = new Thread(() -> awaitAnswer(address));
        answer.start();
        call("POST", "/containers/" + id + "/start");
        answer.join();
    }

    private static final class Luma implements Way {
        private final InetSocketAddress proxy;
        private final InetSocketAddress api;
        private final String project;
        private final String way;
        /** The state that is waited for; empty for one that it is put into. */
        private final String state;
        /** The first turn may still make what the others use. */
        private int woken;

        Luma(int proxyPort, int apiPort, String project, String way, String state) {
            this.proxy = new InetSocketAddress("127.0.0.1", proxyPort);
            this.api = new InetSocketAddress("127.0.0.1", apiPort);
            this.project = project;
            this.way = way;
            this.state = state;
        }

        @Override
        public void wake() throws Exception {
            String answer = ask(proxy, "GET", "/1k", project + ".localhost");
            expect(200, answer);
            String came = find(WAY, answer);
            if (!came.equals(way) && woken++ > 0) {
                throw new IOException(project + " came up by " + came + ", not by " + way);
            }
        }

        @Override
        public void sleep() throws Exception {
            if (state.isEmpty()) {
                expect(200, ask(api, "POST", "/projects/" + project + "/stop", "127.0.0.1"));
                return;
            }
            while (!ask(api, "GET", "/projects/" + project, "127.0.0.1").contains("\"state\": \"" + state + "\"")) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private String create(String image, String more) throws IOException {
        String body = "{\"Image\": \"" + image + "\"" + more + "}";
        return find(ID, ask(engine, "POST", "/containers/create", "docker", body));
    }

    private String address(String id) throws IOException {
        return find(ADDRESS, ask(engine, "GET", "/containers/" + id + "/json", "docker"));
    }

    private void call(String method, String path) throws IOException {
        int status = status(ask(engine, method, path, "docker"));
        if (status >= 300) {
            throw new IOException(method + " " + path + " was answered " + status);
        }
    }

    private static void awaitAnswer(String address) {
        while (true) {
            try {
                expect(200, ask(new InetSocketAddress(address, PORT), "GET", "/1k", "app"));
                return;
            } catch (IOException notYet) {
                try {
                    TimeUnit.MILLISECONDS.sleep(1);
                } catch (InterruptedException over) {
                    return;
                }
            }
        }
    }

    /** All at once, each once. */
    private static void crowd(int port, List<String> hosts) throws Exception {
        InetSocketAddress proxy = new InetSocketAddress("127.0.0.1", port);
        AtomicInteger lost = new AtomicInteger();
        List<Double> all = new ArrayList<>();
        ExecutorService clients = Executors.newFixedThreadPool(hosts.size());
        long from = System.nanoTime();
        for (String host : hosts) {
            clients.execute(() -> {
                try {
                    expect(200, ask(proxy, "GET", "/1k", host));
                } catch (IOException refused) {
                    System.err.println(host + ": " + refused.getMessage());
                    lost.incrementAndGet();
                }
                synchronized (all) {
                    all.add((System.nanoTime() - from) / 1e6);
                }
            });
        }
        clients.shutdown();
        clients.awaitTermination(10, TimeUnit.MINUTES);
        System.out.printf(
                "%d at once: p50 %.0f ms, last %.0f ms, not answered %d%n",
                hosts.size(), percentile(all, 50), percentile(all, 100), lost.get());
    }

    private static String ask(SocketAddress where, String method, String path, String host) throws IOException {
        return ask(where, method, path, host, "");
    }

    /** The whole answer, head and body. */
    private static String ask(SocketAddress where, String method, String path, String host, String body)
            throws IOException {
        try (SocketChannel channel = SocketChannel.open(where)) {
            byte[] octets = body.getBytes(StandardCharsets.UTF_8);
            String head = method + " " + path + " HTTP/1.1\r\nHost: " + host
                    + "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " + octets.length
                    + "\r\n\r\n";
            channel.write(ByteBuffer.wrap((head + body).getBytes(StandardCharsets.UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void expect(int status, String answer) throws IOException {
        if (status(answer) != status) {
            throw new IOException("not " + status + ": " + answer.lines().findFirst().orElse("nothing"));
        }
    }

    private static int status(String answer) throws IOException {
        return Integer.parseInt(find(STATUS, answer));
    }

    private static String find(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("there is no " + pattern + " in: " + text);
        }
        return matcher.group(1);
    }

    private static double percentile(List<Double> all, int percent) {
        List<Double> sorted = all.stream().sorted().toList();
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100.0) - 1));
    }
}
