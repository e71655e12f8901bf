package peer;

import exchange.core2.core.common.CoreWaitStrategy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;

/** {@code Main matcher|core FILE}: answers {@code check}, {@code pass}, {@code latency}, {@code memory}, one JSON object a line. */
public final class Main {
    private static final int SAMPLE_STRIDE = 7;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Main() {}

    public static void main(String[] args) throws IOException {
        Workload workload = Workload.read(Path.of(args[1]));
        Engines engines = engines(args[0], workload);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            System.out.println(switch (line) {
                case "check" -> check(workload, engines);
                case "pass" -> pass(workload, engines);
                case "latency" -> latency(workload, engines);
                case "memory" -> memory(workload, engines);
                default -> throw new IllegalArgumentException("unknown request: line=" + line);
            });
            System.out.flush();
        }
        System.exit(0);
    }

    private static Engines engines(String name, Workload workload) {
        if (name.equals("matcher")) {
            return isHashing -> new Matcher(workload, isHashing);
        }
        WholeCore.Plan plan = new WholeCore.Plan(workload);
        CoreWaitStrategy wait = CoreWaitStrategy.valueOf(System.getProperty("peer.wait", "BLOCKING"));
        return isHashing -> new WholeCore(plan, wait, isHashing);
    }

    /** Makes a fresh engine for each pass. */
    private interface Engines {
        Engine start(boolean isHashing);
    }

    private static String check(Workload workload, Engines engines) {
        try (Engine engine = engines.start(true)) {
            engine.run(0, workload.size);
            Tally tally = engine.tally();
            return String.format(
                    "{\"fills\":%d,\"qty\":%d,\"notional\":%d,\"hash\":\"%016x\",\"rest\":%d}",
                    tally.fills, tally.qty, tally.notional, tally.hash, engine.resting());
        }
    }

    private static String pass(Workload workload, Engines engines) {
        try (Engine engine = engines.start(false)) {
            engine.run(0, workload.preloaded);
            long fills = engine.tally().fills;
            long wall = System.nanoTime();
            long cpu = THREADS.getCurrentThreadCpuTime();
            engine.run(workload.preloaded, workload.size);
            cpu = THREADS.getCurrentThreadCpuTime() - cpu;
            wall = System.nanoTime() - wall;
            return String.format(
                    "{\"wall_ns\":%d,\"cpu_ns\":%d,\"commands\":%d,\"fills\":%d,\"rest\":%d}",
                    wall, cpu, workload.size - workload.preloaded, engine.tally().fills - fills, engine.resting());
        }
    }

    private static String latency(Workload workload, Engines engines) {
        long clock = clockPairCost();
        try (Engine engine = engines.start(false)) {
            engine.run(0, workload.preloaded);
            long[] samples = new long[(workload.size - workload.preloaded + SAMPLE_STRIDE - 1) / SAMPLE_STRIDE];
            int taken = 0;
            for (int i = workload.preloaded; i < workload.size; i += SAMPLE_STRIDE) {
                long start = System.nanoTime();
                engine.run(i, i + 1);
                samples[taken++] = Math.max(0, System.nanoTime() - start - clock);
                engine.run(i + 1, Math.min(i + SAMPLE_STRIDE, workload.size));
            }
            Arrays.sort(samples);
            return String.format(
                    "{\"samples\":%d,\"clock_ns\":%d,\"p50_ns\":%d,\"p99_ns\":%d,\"p999_ns\":%d,\"max_ns\":%d}",
                    samples.length, clock, at(samples, 500), at(samples, 990), at(samples, 999), at(samples, 1000));
        }
    }

    private static long at(long[] sorted, int perMille) {
        return sorted[(int) ((sorted.length - 1L) * perMille / 1000)];
    }

    private static long clockPairCost() {
        long[] costs = new long[10_001];
        for (int i = 0; i < costs.length; i++) {
            long start = System.nanoTime();
            costs[i] = System.nanoTime() - start;
        }
        Arrays.sort(costs);
        return costs[costs.length / 2];
    }

    /** Heap in use after a collection: the resident set of a Java process says how far its heap grew, not more. */
    private static String memory(Workload workload, Engines engines) {
        long before = usedHeap();
        try (Engine engine = engines.start(false)) {
            engine.run(0, workload.preloaded);
            long bytes = usedHeap() - before;
            return String.format("{\"resident_bytes\":%d,\"held\":%d}", bytes, engine.resting());
        }
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
