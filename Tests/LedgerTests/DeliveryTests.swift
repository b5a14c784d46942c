import Domain
import Foundation
import Testing

@testable import Ledger

struct DeliveryTests {
    private let place: Workplace
    private let ledger: LedgerDatabase

    init() async throws {
        place = try Workplace()
        ledger = try await place.open()
    }

    private func put(_ deliveries: [Delivery]) async throws {
        let test = alert("A", interferogram(0, 12), episode: "none", kind: .test)
        try await ledger.commitTestAlert(NewAlert(alert: test, picture: nil, deliveries: deliveries))
    }

    private func lease(_ limit: Int = 100, perLane: Int = 1, except: Set<Lane> = [], at now: Date = epoch) async throws
        -> [Delivery]
    {
        try await ledger.leaseDeliveries(limit: limit, perLane: perLane, except: except, lease: 60, at: now)
    }

    @Test func `each receiver gets its oldest due delivery, nobody one before its time`() async throws {
        try await put([
            delivery("a1", alert: "A", receiver: "a", created: after(1)), delivery("a0", alert: "A", receiver: "a", created: epoch),
            delivery("b0", alert: "A", receiver: "b", due: after(10)), delivery("c0", alert: "A", receiver: "c", created: after(2)),
        ])
        #expect(try await lease().map(\.id) == ["a0", "c0"])
        #expect(try await lease().map(\.id) == ["a1"])
        #expect(try await lease().isEmpty)
        #expect(try await ledger.reader.nextDeliveryDue() == after(10))
        #expect(try await lease(at: after(10)).map(\.id) == ["b0"])
        #expect(try await ledger.reader.delivery("b0")?.state == .leased(until: after(70)))
    }

    @Test func `P5 a hundred deliveries for a dead receiver do not take another's place`() async throws {
        try await put(
            (0..<100).map { delivery("dead\($0)", alert: "A", receiver: "dead", created: after(Double($0) - 1000)) }
                + [delivery("live", alert: "A", receiver: "live")])
        #expect(try await lease(2).map(\.receiver.text) == ["dead", "live"])
        #expect(try await lease(except: [Lane(receiver: ReceiverName("dead")!, address: "dead@example.org")]).isEmpty)
        #expect(try await lease(perLane: 3).count == 3)
    }

    @Test func `P4 what was delivered is never leased again, whatever is recorded later`() async throws {
        try await put([delivery("a", alert: "A")])
        var sent = try #require(try await lease().first)
        sent.attempts = 1
        sent.state = .delivered(at: after(1), receipt: "250 2.0.0 queued as 4F2")
        #expect(try await ledger.recordAttempt(sent, result: "250", at: after(1)).state == sent.state)
        var late = sent
        late.state = .waiting(until: epoch)
        #expect(try await ledger.recordAttempt(late, result: "timeout", at: after(2)).state == sent.state)
        #expect(try await lease(at: after(1e9)).isEmpty)
        #expect(
            try await ledger.retryDelivery("a", at: after(3)) == .refused("delivery a has been delivered; it is never sent twice"))
        #expect(try await ledger.dropDelivery("a", at: after(3)) == .refused("delivery a has been delivered already"))
        #expect(try await ledger.reader.delivery("a") == sent)
        #expect(try await ledger.reader.attempts(of: "a").map(\.result) == ["250", "timeout"])
    }

    @Test func `a lease that runs out is leased again with the same id`() async throws {
        try await put([delivery("a", alert: "A")])
        #expect(try await lease().map(\.id) == ["a"])
        #expect(try await lease(at: after(59)).isEmpty)
        #expect(try await lease(at: after(60)).map(\.id) == ["a"])
    }

    @Test func `after a restart leases are due at once and plans stay as they were`() async throws {
        try await put([delivery("a", alert: "A"), delivery("b", alert: "A", receiver: "b", due: after(500))])
        _ = try await lease()
        #expect(try await ledger.reader.delivery("a")?.state == .leased(until: after(60)))
        try ledger.close()
        // The lock of `ledger` is still held by this object, so the restart is played on a copy.
        let copy = place.directory.appending(path: "restarted.sqlite").path
        try FileManager.default.copyItem(atPath: place.path, toPath: copy)
        let restarted = try await LedgerDatabase.open(at: copy, now: after(1))
        #expect(try await restarted.releaseLeases(at: after(1)) == 1)
        #expect(try await restarted.leaseDeliveries(limit: 9, lease: 60, at: after(1)).map(\.id) == ["a"])
        #expect(try await restarted.reader.delivery("b")?.state == .waiting(until: after(500)))
    }

    @Test func `a failed attempt plans the next one, a failure for good can be retried by an operator with all attempts`()
        async throws
    {
        try await put([delivery("a", alert: "A")])
        var tried = try #require(try await lease().first)
        tried.attempts = 1
        tried.lastError = "451 greylisted"
        tried.state = .waiting(until: after(300))
        try await ledger.recordAttempt(tried, result: "451 greylisted", at: after(1))
        #expect(try await ledger.reader.delivery("a") == tried)
        tried = try #require(try await lease(at: after(300)).first)
        #expect(tried.attempts == 1)
        tried.attempts = 2
        tried.state = .failed(at: after(301), reason: "550 no such user")
        try await ledger.recordAttempt(tried, result: "550", at: after(301))
        #expect(try await lease(at: after(1e9)).isEmpty)
        guard case .changed(let again) = try await ledger.retryDelivery("a", at: after(400)) else { return #expect(Bool(false)) }
        #expect(again.state == .waiting(until: after(400)) && again.attempts == 0)
        #expect(try await lease(at: after(400)).map(\.id) == ["a"])
        #expect(try await ledger.reader.attempts(of: "a").map(\.state) == [.waiting, .failed])
    }

    @Test func `what is dropped stays dropped, but a receipt that arrives after it is kept`() async throws {
        try await put([delivery("a", alert: "A"), delivery("b", alert: "A", receiver: "b")])
        let leased = try await lease()
        #expect(leased.count == 2)
        for id in ["a", "b"] {
            guard case .changed(let dropped) = try await ledger.dropDelivery(id, at: after(1)) else { return #expect(Bool(false)) }
            #expect(dropped.state == .dropped(at: after(1)))
        }
        var (failed, sent) = (leased[0], leased[1])
        failed.state = .waiting(until: after(5))
        sent.state = .delivered(at: after(2), receipt: "ok")
        #expect(try await ledger.recordAttempt(failed, result: "timeout", at: after(2)).state == .dropped(at: after(1)))
        #expect(try await ledger.recordAttempt(sent, result: "ok", at: after(2)).state.kind == .delivered)
        #expect(try await ledger.dropDelivery("a", at: after(3)) == .refused("delivery a has been dropped already"))
        #expect(try await ledger.dropDelivery("none", at: after(3)) == .unknown)
        #expect(try await ledger.retryDelivery("none", at: after(3)) == .unknown)
    }

    @Test func `a delivery that is being tried cannot be retried`() async throws {
        try await put([delivery("a", alert: "A")])
        _ = try await lease()
        #expect(try await ledger.retryDelivery("a", at: epoch) == .refused("delivery a is being tried at this moment"))
    }

    @Test func `P6 a disabled receiver gets nothing until it is enabled, and loses nothing`() async throws {
        try await put([delivery("a", alert: "A", receiver: "gone"), delivery("b", alert: "A", receiver: "there")])
        let gone = ReceiverName("gone")!
        try await ledger.disableReceiver(gone, reason: "410 Gone", at: epoch)
        try await ledger.disableReceiver(gone, reason: "again", at: epoch)
        #expect(try await ledger.reader.disabledReceivers() == [gone: "410 Gone"])
        #expect(try await lease().map(\.id) == ["b"])
        #expect(try await ledger.reader.nextDeliveryDue(except: [Lane(receiver: ReceiverName("there")!, address: "there@example.org")]) == nil)
        #expect(try await ledger.enableReceiver(gone, at: epoch))
        #expect(try await !ledger.enableReceiver(gone, at: epoch))
        #expect(try await lease().map(\.id) == ["a"])
        #expect(try await ledger.reader.events().map(\.kind) == [.receiverEnabled, .receiverDisabled])
    }

    @Test func `deliveries are listed and counted by state, receiver and alert`() async throws {
        try await put([
            delivery("a", alert: "A", receiver: "a"), delivery("b", alert: "A", receiver: "b", created: after(1)),
            delivery("c", alert: "A", receiver: "b", due: after(99)),
        ])
        _ = try await ledger.dropDelivery("c", at: epoch)
        #expect(try await ledger.reader.deliveries().map(\.id) == ["b", "a", "c"])
        #expect(try await ledger.reader.deliveries(state: .dropped).map(\.id) == ["c"])
        #expect(try await ledger.reader.deliveries(receiver: ReceiverName("b")!).map(\.id) == ["b", "c"])
        #expect(try await ledger.reader.deliveries(alert: AlertID("other")).isEmpty)
        #expect(try await ledger.reader.deliveries(limit: 1).count == 1)
        #expect(try await ledger.reader.deliveryCounts() == [.waiting: 2, .dropped: 1])
    }

    @Test func `two deliveries with one id, and an attempt at an unknown one, are refused`() async throws {
        await #expect(throws: LedgerError.self) { try await put([delivery("a", alert: "A"), delivery("a", alert: "A")]) }
        await #expect(throws: LedgerError.self) { try await ledger.recordAttempt(delivery("z", alert: "A"), result: "", at: epoch) }
        #expect(try await ledger.reader.alerts().isEmpty)
    }

    @Test func `many lanes leasing at once never get the same delivery`() async throws {
        try await put((0..<60).map { delivery("d\($0)", alert: "A", receiver: "r\($0 % 6)") })
        let leased = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<20 { group.addTask { try await lease(5, perLane: 2).map(\.id) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(leased.count == 60)
        #expect(Set(leased).count == 60)
    }
}
