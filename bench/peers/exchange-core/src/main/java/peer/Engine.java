package peer;

/** One engine driven by a workload. */
interface Engine extends AutoCloseable {
    /** Carries out records {@code from..to} and returns when all have been carried out. */
    void run(int from, int to);

    Tally tally();

    /** Orders resting, over all symbols. */
    long resting();

    @Override
    void close();
}
