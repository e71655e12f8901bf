package peer;

import exchange.core2.core.common.MatcherEventType;
import exchange.core2.core.common.MatcherTradeEvent;
import exchange.core2.core.common.cmd.OrderCommand;

/** Order-sensitive sum of fills; the hash only where asked for, as it is no part of the work to be timed. */
final class Tally {
    private static final long PRIME = 1099511628211L;

    private final boolean isHashing;
    long fills;
    long qty;
    long notional;
    long hash = 1469598103934665603L;

    Tally(boolean isHashing) {
        this.isHashing = isHashing;
    }

    /** Counts the trades hanging on a finished command, in order; {@code left} is indexed by order id. */
    long addTrades(OrderCommand cmd, int[] left) {
        long traded = 0;
        for (MatcherTradeEvent event = cmd.matcherEvent; event != null; event = event.nextEvent) {
            if (event.eventType != MatcherEventType.TRADE) {
                continue;
            }
            fills++;
            qty += event.size;
            notional += event.price * event.size;
            if (isHashing) {
                word(event.matchedOrderId);
                word(cmd.orderId);
                word(event.price);
                word(event.size);
            }
            left[(int) event.matchedOrderId] -= (int) event.size;
            traded += event.size;
        }
        return traded;
    }

    private void word(long value) {
        hash = (hash ^ value) * PRIME;
    }
}
