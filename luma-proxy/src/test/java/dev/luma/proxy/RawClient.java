package dev.luma.proxy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that sends exactly the octets that it is told to, and reads answers strictly, each within ten seconds. */
final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;
    private final StrictReader reader;

    RawClient(int port) throws IOException {
        this(port, 0);
    }

    /** @param receiveBuffer the size of the socket's receive buffer; 0 for the system's own */
    RawClient(int port, int receiveBuffer) throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
        reader = new StrictReader(in);
    }

    RawClient send(String octets) throws IOException {
        return send(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] octets) throws IOException {
        socket.getOutputStream().write(octets);
        return this;
    }

    /** Sends and reads the answer. */
    Message ask(String request) throws IOException {
        return send(request).response();
    }

    Message response() throws IOException {
        return reader.response();
    }

    /** The next one that is not "102 Processing". */
    Message finalResponse() throws IOException {
        Message message = response();
        while (message.status() == 102) {
            message = response();
        }
        return message;
    }

    Message responseToHead() throws IOException {
        return reader.response(true);
    }

    StrictReader reader() {
        return reader;
    }

    String read(int length) throws IOException {
        byte[] octets = in.readNBytes(length);
        if (octets.length < length) {
            throw new EOFException("ended after " + octets.length + " of " + length);
        }
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    InputStream in() {
        return in;
    }

    /** Everything up to the end of the connection, whether it ended well or by a reset. */
    String rest() throws IOException {
        StringBuilder rest = new StringBuilder();
        try {
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                rest.append((char) octet);
            }
        } catch (SocketException reset) {
            return rest + "<reset>";
        }
        return rest.toString();
    }

    void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
