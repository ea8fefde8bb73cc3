import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A WebSocket upstream that sends back every message of at most 125 octets. Usage: {@code java Echo.java ADDRESS PORT}. */
public final class Echo {

    private static final Pattern KEY = Pattern.compile("(?i)\r\nsec-websocket-key: *([^\r ]+)");
    private static final String SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ByteBuffer output = ByteBuffer.allocateDirect(1 << 16);

    public static void main(String[] arguments) throws IOException {
        new Echo().run(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])));
    }

    private void run(InetSocketAddress address) throws IOException {
        Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open().bind(address, 4096);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        while (true) {
            selector.select(key -> {
                if (key.isAcceptable()) {
                    accept(server, selector);
                } else {
                    ((Connection) key.attachment()).read();
                }
            });
        }
    }

    private void accept(ServerSocketChannel server, Selector selector) {
        try {
            SocketChannel channel = server.accept();
            if (channel != null) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Connection(channel));
            }
        } catch (IOException e) {
            System.err.println(e);
        }
    }

    private final class Connection {

        private final SocketChannel channel;
        private final ByteBuffer input = ByteBuffer.allocateDirect(1 << 14);
        private boolean open;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void read() {
            try {
                if (channel.read(input) < 0) {
                    channel.close();
                    return;
                }
                input.flip();
                if (!open) {
                    shakeHands();
                }
                if (open) {
                    echo();
                }
                input.compact();
            } catch (IOException e) {
                close();
            }
        }

        private void close() {
            try {
                channel.close();
            } catch (IOException e) {
                System.err.println(e);
            }
        }

        private void shakeHands() throws IOException {
            String head = StandardCharsets.ISO_8859_1.decode(input.duplicate()).toString();
            int end = head.indexOf("\r\n\r\n");
            if (end < 0) {
                return;
            }
            input.position(end + 4);
            Matcher key = KEY.matcher(head);
            if (!key.find()) {
                throw new IOException("no key");
            }
            String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + accepted(key.group(1)) + "\r\n\r\n";
            channel.write(StandardCharsets.ISO_8859_1.encode(answer));
            open = true;
        }

        private void echo() throws IOException {
            output.clear();
            while (input.remaining() >= 6) {
                int length = input.get(input.position() + 1) & 0x7f;
                if (length > 125) {
                    throw new IOException("a message that is too long for a benchmark");
                }
                if (input.remaining() < length + 6) {
                    break;
                }
                byte first = input.get();
                input.get();
                int mask = input.getInt();
                output.put(first).put((byte) length);
                for (int i = 0; i < length; i++) {
                    output.put((byte) (input.get() ^ mask >>> 24 - 8 * (i & 3)));
                }
            }
            channel.write(output.flip());
        }

        private static String accepted(String key) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + SALT).getBytes(StandardCharsets.ISO_8859_1));
                return Base64.getEncoder().encodeToString(digest);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }
    }
}
