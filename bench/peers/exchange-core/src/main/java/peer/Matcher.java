package peer;

import exchange.core2.collections.objpool.ObjectsPool;
import exchange.core2.core.common.CoreSymbolSpecification;
import exchange.core2.core.common.OrderAction;
import exchange.core2.core.common.OrderType;
import exchange.core2.core.common.SymbolType;
import exchange.core2.core.common.cmd.CommandResultCode;
import exchange.core2.core.common.cmd.OrderCommand;
import exchange.core2.core.common.cmd.OrderCommandType;
import exchange.core2.core.common.config.LoggingConfiguration;
import exchange.core2.core.orderbook.IOrderBook;
import exchange.core2.core.orderbook.OrderBookDirectImpl;
import exchange.core2.core.orderbook.OrderBookEventsHelper;
import java.util.HashMap;
import java.util.Map;

/** exchange-core's fast book alone, on the calling thread: no accounts, no risk, no rings. */
final class Matcher implements Engine {
    private final Workload workload;
    private final IOrderBook[] books;
    private final OrderCommand cmd = new OrderCommand();
    private final Tally tally;
    private final int[] left;

    Matcher(Workload workload, boolean isHashing) {
        this.tally = new Tally(isHashing);
        this.workload = workload;
        this.left = new int[workload.maxId + 1];
        this.books = new IOrderBook[workload.symbols];
        ObjectsPool pool = new ObjectsPool(poolSizes());
        for (int sym = 0; sym < books.length; sym++) {
            books[sym] = new OrderBookDirectImpl(
                    specification(sym), pool, OrderBookEventsHelper.NON_POOLED_EVENTS_HELPER,
                    LoggingConfiguration.DEFAULT);
        }
    }

    /** Pool sizes of the library's own matching engine. */
    private static HashMap<Integer, Integer> poolSizes() {
        return new HashMap<>(Map.of(
                ObjectsPool.DIRECT_ORDER, 1024 * 1024,
                ObjectsPool.DIRECT_BUCKET, 1024 * 64,
                ObjectsPool.ART_NODE_4, 1024 * 32,
                ObjectsPool.ART_NODE_16, 1024 * 16,
                ObjectsPool.ART_NODE_48, 1024 * 8,
                ObjectsPool.ART_NODE_256, 1024 * 4));
    }

    static CoreSymbolSpecification specification(int sym) {
        return CoreSymbolSpecification.builder()
                .symbolId(sym + 1)
                .type(SymbolType.CURRENCY_EXCHANGE_PAIR)
                .baseCurrency(WholeCore.BASE)
                .quoteCurrency(WholeCore.QUOTE)
                .baseScaleK(1)
                .quoteScaleK(10)
                .takerFee(2)
                .makerFee(1)
                .build();
    }

    @Override
    public void run(int from, int to) {
        for (int i = from; i < to; i++) {
            apply(i);
        }
    }

    private void apply(int i) {
        switch (workload.op[i]) {
            case Workload.ADD -> place(i, OrderType.GTC);
            case Workload.IOC -> place(i, OrderType.IOC);
            case Workload.CANCEL -> cancel(i);
            case Workload.REDUCE -> {
                prepare(i, OrderCommandType.REDUCE_ORDER);
                cmd.size = reduceBy(i);
                left[(int) workload.id[i]] = workload.qty[i];
                submit(i);
            }
            case Workload.REPLACE -> {
                cancel(i);
                place(i, OrderType.GTC);
            }
            default -> throw new IllegalStateException("unknown command: op=" + workload.op[i]);
        }
    }

    /** The library reduces by a quantity, the workload to one. Valid just before record {@code i} is applied. */
    int reduceBy(int i) {
        return left[(int) workload.id[i]] - workload.qty[i];
    }

    private void place(int i, OrderType type) {
        prepare(i, OrderCommandType.PLACE_ORDER);
        cmd.price = workload.px[i];
        cmd.reserveBidPrice = workload.px[i];
        cmd.size = workload.qty[i];
        cmd.action = workload.side[i] == 0 ? OrderAction.BID : OrderAction.ASK;
        cmd.orderType = type;
        cmd.resultCode = CommandResultCode.VALID_FOR_MATCHING_ENGINE;
        submit(i);
        left[(int) cmd.orderId] = workload.qty[i] - (int) tally.addTrades(cmd, left);
    }

    private void cancel(int i) {
        prepare(i, OrderCommandType.CANCEL_ORDER);
        submit(i);
    }

    private void prepare(int i, OrderCommandType type) {
        cmd.command = type;
        cmd.orderId = workload.id[i];
        cmd.symbol = workload.sym[i] + 1;
        cmd.uid = Workload.account(workload.id[i], workload.side[i]);
        cmd.matcherEvent = null;
    }

    private void submit(int i) {
        CommandResultCode result = IOrderBook.processCommand(books[workload.sym[i]], cmd);
        if (result != CommandResultCode.SUCCESS) {
            throw new IllegalStateException("refused: record=" + i + " result=" + result);
        }
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public long resting() {
        long sum = 0;
        for (IOrderBook book : books) {
            sum += book.getOrdersNum(OrderAction.BID) + book.getOrdersNum(OrderAction.ASK);
        }
        return sum;
    }

    @Override
    public void close() {}
}
