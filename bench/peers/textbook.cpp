// The textbook order book in C++, written plainly: std::map of levels, std::list queues, std::unordered_map of ids.
// Speaks the requests of bench/core/src/serve.rs: `check`, `pass`, `latency`, `memory`, one JSON object a line.
// Build: c++ -O2 -std=c++17 textbook.cpp -o textbook        Run: textbook FILE
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

struct Header {
    char magic[8];
    uint64_t n_pre, n_ops, max_id, seed, n_sym, fills, fill_qty, notional, hash, rest, rest_qty, unused[4];
};
static_assert(sizeof(Header) == 128, "the header is 128 bytes");

struct Record {
    uint64_t id;
    int64_t px;
    uint32_t qty;
    uint16_t sym;
    uint8_t op, side;
    uint64_t seq;
};
static_assert(sizeof(Record) == 32, "a record is 32 bytes");

enum Op : uint8_t { kAdd, kCancel, kReduce, kReplace, kIoc };
enum Side : uint8_t { kBuy, kSell };

struct Trade {
    uint64_t maker, taker;
    int64_t px;
    uint64_t qty;
};

using Trades = std::vector<Trade>;

struct Tally {
    uint64_t fills = 0, qty = 0, notional = 0, hash = 1469598103934665603ull;

    void add(const Trade& trade) {
        fills += 1;
        qty += trade.qty;
        notional += static_cast<uint64_t>(trade.px) * trade.qty;
        for (uint64_t word : {trade.maker, trade.taker, static_cast<uint64_t>(trade.px), trade.qty})
            hash = (hash ^ word) * 1099511628211ull;
    }
};

struct Order {
    uint64_t id;
    int64_t px;
    uint32_t qty;
    uint8_t side;
};

class Book {
public:
    void add(const Record& record, Trades& trades) {
        uint32_t left = execute(record, trades);
        if (left == 0) return;
        auto& queue = levels(record.side)[record.px];
        queue.push_back({record.id, record.px, left, record.side});
        index_[record.id] = std::prev(queue.end());
    }

    void cancel(uint64_t id) {
        auto found = index_.find(id);
        auto order = found->second;
        auto& side = levels(order->side);
        auto level = side.find(order->px);
        level->second.erase(order);
        if (level->second.empty()) side.erase(level);
        index_.erase(found);
    }

    void reduce(uint64_t id, uint32_t qty) { index_.find(id)->second->qty = qty; }

    uint32_t execute(const Record& record, Trades& trades) {
        uint32_t left = record.qty;
        if (record.side == kBuy) {
            while (left && !asks_.empty() && asks_.begin()->first <= record.px) take(asks_, asks_.begin(), record, left, trades);
        } else {
            while (left && !bids_.empty() && std::prev(bids_.end())->first >= record.px)
                take(bids_, std::prev(bids_.end()), record, left, trades);
        }
        return left;
    }

    uint64_t resting() const { return index_.size(); }

private:
    using Queue = std::list<Order>;
    using Levels = std::map<int64_t, Queue>;

    Levels& levels(uint8_t side) { return side == kBuy ? bids_ : asks_; }

    void take(Levels& side, Levels::iterator level, const Record& record, uint32_t& left, Trades& trades) {
        Queue& queue = level->second;
        while (left && !queue.empty()) {
            Order& maker = queue.front();
            uint32_t last_qty = std::min(left, maker.qty);
            trades.push_back({maker.id, record.id, maker.px, last_qty});
            left -= last_qty;
            maker.qty -= last_qty;
            if (maker.qty == 0) {
                index_.erase(maker.id);
                queue.pop_front();
            }
        }
        if (queue.empty()) side.erase(level);
    }

    Levels bids_, asks_;
    std::unordered_map<uint64_t, Queue::iterator> index_;
};

class Textbook {
public:
    explicit Textbook(uint64_t n_sym) : books_(n_sym) {}

    void apply(const Record& record, Trades& trades) {
        Book& book = books_[record.sym];
        switch (record.op) {
            case kAdd: book.add(record, trades); break;
            case kCancel: book.cancel(record.id); break;
            case kReduce: book.reduce(record.id, record.qty); break;
            case kReplace:
                book.cancel(record.id);
                book.add(record, trades);
                break;
            case kIoc: book.execute(record, trades); break;
        }
    }

    uint64_t resting() const {
        uint64_t sum = 0;
        for (const Book& book : books_) sum += book.resting();
        return sum;
    }

private:
    std::vector<Book> books_;
};

static uint64_t now_ns(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1000000000ull + static_cast<uint64_t>(time.tv_nsec);
}

static uint64_t resident_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmRSS:", 0) == 0) return std::stoull(line.substr(6)) * 1024;
    return 0;
}

static uint64_t clock_pair_cost_ns() {
    std::vector<uint64_t> costs;
    for (int i = 0; i < 10001; i++) {
        uint64_t start = now_ns(CLOCK_MONOTONIC);
        costs.push_back(now_ns(CLOCK_MONOTONIC) - start);
    }
    std::sort(costs.begin(), costs.end());
    return costs[costs.size() / 2];
}

struct Workload {
    Header header;
    std::vector<Record> records;
};

static void preload(Textbook& engine, const Workload& workload) {
    Trades trades;
    for (uint64_t i = 0; i < workload.header.n_pre; i++) {
        engine.apply(workload.records[i], trades);
        trades.clear();
    }
}

static void check(const Workload& workload) {
    Textbook engine(workload.header.n_sym);
    Tally tally;
    Trades trades;
    for (const Record& record : workload.records) {
        engine.apply(record, trades);
        for (const Trade& trade : trades) tally.add(trade);
        trades.clear();
    }
    printf("{\"fills\":%lu,\"qty\":%lu,\"notional\":%lu,\"hash\":\"%016lx\",\"rest\":%lu}\n", tally.fills, tally.qty, tally.notional,
           tally.hash, engine.resting());
}

static void pass(const Workload& workload) {
    Textbook engine(workload.header.n_sym);
    preload(engine, workload);
    Trades trades;
    uint64_t fills = 0;
    uint64_t wall = now_ns(CLOCK_MONOTONIC), cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = workload.header.n_pre; i < workload.records.size(); i++) {
        engine.apply(workload.records[i], trades);
        fills += trades.size();
        trades.clear();
    }
    cpu = now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
    wall = now_ns(CLOCK_MONOTONIC) - wall;
    printf("{\"wall_ns\":%lu,\"cpu_ns\":%lu,\"commands\":%lu,\"fills\":%lu,\"rest\":%lu}\n", wall, cpu, workload.header.n_ops, fills,
           engine.resting());
}

static void latency(const Workload& workload) {
    const size_t stride = 7;
    Textbook engine(workload.header.n_sym);
    preload(engine, workload);
    uint64_t clock_ns = clock_pair_cost_ns();
    Trades trades;
    std::vector<uint64_t> samples;
    samples.reserve(workload.header.n_ops / stride + 1);
    for (size_t i = workload.header.n_pre, n = 0; i < workload.records.size(); i++, n++) {
        trades.clear();
        if (n % stride != 0) {
            engine.apply(workload.records[i], trades);
            continue;
        }
        uint64_t start = now_ns(CLOCK_MONOTONIC);
        engine.apply(workload.records[i], trades);
        uint64_t took = now_ns(CLOCK_MONOTONIC) - start;
        samples.push_back(took > clock_ns ? took - clock_ns : 0);
    }
    std::sort(samples.begin(), samples.end());
    auto at = [&](size_t per_mille) { return samples[(samples.size() - 1) * per_mille / 1000]; };
    printf("{\"samples\":%zu,\"clock_ns\":%lu,\"p50_ns\":%lu,\"p99_ns\":%lu,\"p999_ns\":%lu,\"max_ns\":%lu}\n", samples.size(),
           clock_ns, at(500), at(990), at(999), at(1000));
}

static void memory(const Workload& workload) {
    uint64_t before = resident_bytes();
    Textbook engine(workload.header.n_sym);
    preload(engine, workload);
    printf("{\"resident_bytes\":%lu,\"held\":%lu}\n", resident_bytes() - before, engine.resting());
}

int main(int argc, char** argv) {
    Workload workload;
    std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
    if (!file.read(reinterpret_cast<char*>(&workload.header), sizeof(Header)) ||
        memcmp(workload.header.magic, "OBWRK1\0", 8) != 0) {
        fprintf(stderr, "usage: textbook FILE (a workload)\n");
        return 2;
    }
    workload.records.resize(workload.header.n_pre + workload.header.n_ops);
    auto bytes = static_cast<std::streamsize>(workload.records.size() * sizeof(Record));
    if (!file.read(reinterpret_cast<char*>(workload.records.data()), bytes)) {
        fprintf(stderr, "workload is cut: path=%s\n", argv[1]);
        return 2;
    }
    for (std::string line; std::getline(std::cin, line); fflush(stdout)) {
        if (line == "check") check(workload);
        else if (line == "pass") pass(workload);
        else if (line == "latency") latency(workload);
        else if (line == "memory") memory(workload);
        else {
            fprintf(stderr, "unknown request: line=%s\n", line.c_str());
            return 2;
        }
    }
}
