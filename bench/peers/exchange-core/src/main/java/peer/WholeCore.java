package peer;

import exchange.core2.core.ExchangeApi;
import exchange.core2.core.ExchangeCore;
import exchange.core2.core.common.CoreWaitStrategy;
import exchange.core2.core.common.OrderAction;
import exchange.core2.core.common.OrderType;
import exchange.core2.core.common.api.ApiAddUser;
import exchange.core2.core.common.api.ApiAdjustUserBalance;
import exchange.core2.core.common.api.ApiCancelOrder;
import exchange.core2.core.common.api.ApiCommand;
import exchange.core2.core.common.api.ApiPlaceOrder;
import exchange.core2.core.common.api.ApiReduceOrder;
import exchange.core2.core.common.api.binary.BatchAddSymbolsCommand;
import exchange.core2.core.common.cmd.CommandResultCode;
import exchange.core2.core.common.cmd.OrderCommand;
import exchange.core2.core.common.cmd.OrderCommandType;
import exchange.core2.core.common.config.ExchangeConfiguration;
import exchange.core2.core.common.config.PerformanceConfiguration;
import exchange.core2.core.orderbook.OrderBookDirectImpl;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** All of exchange-core: risk engine with funded accounts and fees, matching engine, rings between its threads. */
final class WholeCore implements Engine {
    static final int BASE = 1;
    static final int QUOTE = 2;
    private static final long FUNDS = 1L << 50;

    private final Plan plan;
    private final ExchangeCore core;
    private final ExchangeApi api;
    private final Tally tally;
    private final int[] left;
    private long resting;
    private long submitted;
    private volatile long finished;
    private volatile String refusal;

    WholeCore(Plan plan, CoreWaitStrategy wait, boolean isHashing) {
        this.tally = new Tally(isHashing);
        this.plan = plan;
        this.left = new int[plan.workload.maxId + 1];
        PerformanceConfiguration performance = PerformanceConfiguration.baseBuilder()
                .ringBufferSize(64 * 1024)
                .msgsInGroupLimit(4096)
                .maxGroupDurationNs(4_000_000)
                .waitStrategy(wait)
                .orderBookFactory(OrderBookDirectImpl::new)
                .build();
        core = ExchangeCore.builder()
                .resultsConsumer(this::consume)
                .exchangeConfiguration(
                        ExchangeConfiguration.defaultBuilder().performanceCfg(performance).build())
                .build();
        core.startup();
        api = core.getApi();
        open();
    }

    private void open() {
        for (int sym = 0; sym < plan.workload.symbols; sym++) {
            require(api.submitBinaryDataAsync(new BatchAddSymbolsCommand(Matcher.specification(sym))).join());
        }
        for (long uid = 1; uid <= Workload.ACCOUNTS; uid++) {
            require(api.submitCommandAsync(ApiAddUser.builder().uid(uid).build()).join());
            for (int currency : new int[] {BASE, QUOTE}) {
                require(api.submitCommandAsync(ApiAdjustUserBalance.builder()
                        .uid(uid).currency(currency).amount(FUNDS).transactionId(currency).build()).join());
            }
        }
    }

    private static void require(CommandResultCode result) {
        if (result != CommandResultCode.SUCCESS && result != CommandResultCode.ACCEPTED) {
            throw new IllegalStateException("setup refused: result=" + result);
        }
    }

    /** Runs on the thread behind the last ring, in order. */
    private void consume(OrderCommand cmd, long seq) {
        if (!plan.isTrading(cmd.command)) {
            return;
        }
        if (cmd.resultCode != CommandResultCode.SUCCESS && refusal == null) {
            refusal = "refused: order=" + cmd.orderId + " command=" + cmd.command + " result=" + cmd.resultCode;
        }
        if (cmd.command == OrderCommandType.CANCEL_ORDER) {
            resting--;
        } else if (cmd.command == OrderCommandType.PLACE_ORDER) {
            long before = tally.fills;
            place(cmd, before);
        }
        finished++;
    }

    private void place(OrderCommand cmd, long before) {
        long traded = tally.addTrades(cmd, left);
        left[(int) cmd.orderId] = (int) (cmd.size - traded);
        for (var event = cmd.matcherEvent; event != null && tally.fills > before; event = event.nextEvent) {
            if (event.matchedOrderCompleted) {
                resting--;
            }
        }
        if (cmd.orderType == OrderType.GTC && traded < cmd.size) {
            resting++;
        }
    }

    @Override
    public void run(int from, int to) {
        for (int i = plan.start[from]; i < plan.start[to]; i++) {
            api.submitCommand(plan.commands.get(i));
        }
        submitted += plan.start[to] - plan.start[from];
        while (finished < submitted) {
            LockSupport.parkNanos(50_000);
        }
        if (refusal != null) {
            throw new IllegalStateException(refusal);
        }
    }

    @Override
    public Tally tally() {
        return tally;
    }

    @Override
    public long resting() {
        return resting;
    }

    @Override
    public void close() {
        core.shutdown(10, TimeUnit.SECONDS);
    }

    /** The workload as the library's own commands, built before any clock starts. */
    static final class Plan {
        final Workload workload;
        final List<ApiCommand> commands = new ArrayList<>();
        /** Index into {@link #commands} where each record starts; a replace is two commands. */
        final int[] start;

        Plan(Workload workload) {
            this.workload = workload;
            this.start = new int[workload.size + 1];
            Matcher matcher = new Matcher(workload, false);
            for (int i = 0; i < workload.size; i++) {
                add(i, workload.op[i] == Workload.REDUCE ? matcher.reduceBy(i) : 0);
                start[i + 1] = commands.size();
                matcher.run(i, i + 1);
            }
        }

        private void add(int i, int reduceBy) {
            long id = workload.id[i];
            int symbol = workload.sym[i] + 1;
            long uid = Workload.account(id, workload.side[i]);
            int op = workload.op[i];
            if (op == Workload.CANCEL || op == Workload.REPLACE) {
                commands.add(ApiCancelOrder.builder().orderId(id).symbol(symbol).uid(uid).build());
            }
            if (op == Workload.REDUCE) {
                commands.add(
                        ApiReduceOrder.builder().orderId(id).symbol(symbol).uid(uid).reduceSize(reduceBy).build());
            }
            if (op == Workload.ADD || op == Workload.REPLACE || op == Workload.IOC) {
                commands.add(ApiPlaceOrder.builder()
                        .orderId(id).symbol(symbol).uid(uid)
                        .price(workload.px[i]).reservePrice(workload.px[i]).size(workload.qty[i])
                        .action(workload.side[i] == 0 ? OrderAction.BID : OrderAction.ASK)
                        .orderType(op == Workload.IOC ? OrderType.IOC : OrderType.GTC)
                        .build());
            }
        }

        boolean isTrading(OrderCommandType type) {
            return type == OrderCommandType.PLACE_ORDER || type == OrderCommandType.CANCEL_ORDER
                    || type == OrderCommandType.REDUCE_ORDER;
        }
    }
}
