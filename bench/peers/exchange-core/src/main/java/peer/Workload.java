package peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A workload file in memory, one array per field. */
final class Workload {
    static final int ADD = 0;
    static final int CANCEL = 1;
    static final int REDUCE = 2;
    static final int REPLACE = 3;
    static final int IOC = 4;

    private static final int HEADER_BYTES = 128;
    private static final int RECORD_BYTES = 32;

    final int preloaded;
    final int size;
    final int maxId;
    final int symbols;
    final long[] id;
    final long[] px;
    final int[] qty;
    final short[] sym;
    final byte[] op;
    final byte[] side;

    private Workload(ByteBuffer bytes) {
        preloaded = (int) bytes.getLong(8);
        size = preloaded + (int) bytes.getLong(16);
        maxId = (int) bytes.getLong(24);
        symbols = (int) bytes.getLong(40);
        id = new long[size];
        px = new long[size];
        qty = new int[size];
        sym = new short[size];
        op = new byte[size];
        side = new byte[size];
        for (int i = 0, at = HEADER_BYTES; i < size; i++, at += RECORD_BYTES) {
            id[i] = bytes.getLong(at);
            px[i] = bytes.getLong(at + 8);
            qty[i] = bytes.getInt(at + 16);
            sym[i] = bytes.getShort(at + 20);
            op[i] = bytes.get(at + 22);
            side[i] = bytes.get(at + 23);
        }
    }

    static Workload read(Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.limit() < HEADER_BYTES || bytes.getLong(0) != 0x0000314b5257424fL) {
            throw new IOException("not a workload: path=" + path);
        }
        return new Workload(bytes);
    }

    /** Account of an order: every engine is driven with the same ones. Starts at 1, as 0 is reserved there. */
    static long account(long orderId, int side) {
        return 1 + 2 * (orderId % 500) + side;
    }

    static final int ACCOUNTS = 1000;
}
