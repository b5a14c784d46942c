import Foundation
import LoopbackServers
import Testing

@testable import Transport

@Suite struct HostGatesTests {
    @Test func `a bucket lets a burst through and then keeps the rate`() {
        var bucket = TokenBucket(ratePerSecond: 2, burst: 3)
        let waits = (0..<5).map { _ in bucket.take(now: .zero) }
        #expect(waits == [.zero, .zero, .zero, .milliseconds(500), .seconds(1)])
        // Two tokens were borrowed from the future; after two seconds two are there again.
        #expect(bucket.take(now: .seconds(2)) == .zero)
        #expect(bucket.take(now: .seconds(2)) == .zero)
        #expect(bucket.take(now: .seconds(2)) == .milliseconds(500))
    }

    @Test func `a long pause saves up no more than the burst`() {
        var bucket = TokenBucket(ratePerSecond: 1, burst: 2)
        let waits = (0..<3).map { _ in bucket.take(now: .seconds(1_000_000)) }
        #expect(waits == [.zero, .zero, .seconds(1)])
    }

    @Test func `a rate of zero is no limit`() {
        var bucket = TokenBucket(ratePerSecond: 0, burst: 1)
        #expect((0..<100).allSatisfy { _ in bucket.take(now: .zero) == .zero })
    }

    @Test func `no more are inside than the limit, and everybody gets in`() async throws {
        let gates = HostGates(limits: HostLimits(concurrency: 3, ratePerSecond: 0), clock: PacingClock(ContinuousClock()))
        let inside = Occupancy()
        let entered = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    try await gates.enter("host")
                    defer { gates.leave("host") }
                    await inside.enter()
                    try await Task.sleep(for: .milliseconds(2))
                    await inside.leave()
                    return 1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(entered == 30)
        #expect(await inside.most == 3)
    }

    @Test func `whoever is cancelled while waiting takes no place`() async throws {
        let gates = HostGates(limits: HostLimits(concurrency: 1, ratePerSecond: 0), clock: PacingClock(ContinuousClock()))
        try await gates.enter("host")
        let waiting = Task { await failure { () async throws(TransportError) in try await gates.enter("host") } }
        try await Task.sleep(for: .milliseconds(20))
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        gates.leave("host")
        try await gates.enter("host")
        try await gates.enter("another host")
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 1), (4, 2), (8, 6)])
    func `requests that leave room leave two places free where there are three`(concurrency: Int, places: Int) async throws {
        let gates = HostGates(limits: HostLimits(concurrency: concurrency, ratePerSecond: 0), clock: PacingClock(ContinuousClock()))
        for _ in 0..<places { try await gates.enter("host", leavesRoom: true) }
        let next = Task { try await gates.enter("host", leavesRoom: true) }
        try await Task.sleep(for: .milliseconds(20))
        for _ in places..<concurrency { try await gates.enter("host") }
        // The place that an urgent request leaves is not for those that leave room; one of their own is.
        if concurrency > places { gates.leave("host") }
        gates.leave("host", leavesRoom: true)
        try await next.value
    }

    @Test func `an urgent request goes before one that leaves room and came earlier`() async throws {
        let gates = HostGates(limits: HostLimits(concurrency: 1, ratePerSecond: 0), clock: PacingClock(ContinuousClock()))
        try await gates.enter("host")
        let order = Order()
        let patient = Task {
            try await gates.enter("host", leavesRoom: true)
            await order.add("patient")
            gates.leave("host", leavesRoom: true)
        }
        try await Task.sleep(for: .milliseconds(20))
        let urgent = Task {
            try await gates.enter("host")
            await order.add("urgent")
            gates.leave("host")
        }
        try await Task.sleep(for: .milliseconds(20))
        gates.leave("host")
        try await urgent.value
        try await patient.value
        #expect(await order.names == ["urgent", "patient"])
    }

    @Test func `a client asks one host no faster than its rate`() async throws {
        let nginx = try NginxServer.shared()
        let client = try loopbackClient(limits: HostLimits(concurrency: 8, ratePerSecond: 20, burst: 1))
        let start = ContinuousClock.now
        for _ in 0..<11 { _ = try await client.send(HTTPRequest(.head, nginx.url("/small.txt"))) }
        #expect(ContinuousClock.now - start >= .milliseconds(490))
    }
}

private actor Order {
    private(set) var names: [String] = []
    func add(_ name: String) { names.append(name) }
}

private actor Occupancy {
    private var now = 0
    private(set) var most = 0
    func enter() {
        now += 1
        most = max(most, now)
    }
    func leave() { now -= 1 }
}

@Suite struct HTTPDateTests {
    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `the three forms mean the same`(text: String) {
        #expect(HTTPDate.parse(text) == Date(timeIntervalSince1970: 784_111_777))
    }

    @Test(arguments: ["", "yesterday", "12", "20261122", "Sun, 99 Nov 1994 08:49:37 GMT"])
    func `anything else is no date`(text: String) { #expect(HTTPDate.parse(text) == nil) }

    @Test(arguments: [
        (0.0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777.9, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func `a date is written as HTTP wants it`(seconds: Double, text: String) {
        #expect(HTTPDate.format(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test(arguments: [
        ("120", 120.0), ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("Sun, 06 Nov 1994 08:00:00 GMT", 0), ("-1", nil), ("soon", nil), ("1e9", nil),
    ])
    func `Retry-After counts from the server's own clock`(value: String, seconds: Double?) {
        var headers = HTTPHeaders()
        headers.append(line: "Date: Sun, 06 Nov 1994 08:49:37 GMT")
        headers.append(line: "Retry-After: \(value)")
        #expect(retryAfterSeconds(headers, now: Date(timeIntervalSince1970: 0)) == seconds)
    }
}
