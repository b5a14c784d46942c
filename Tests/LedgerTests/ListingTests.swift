import Domain
import Foundation
import Testing

@testable import Ledger

struct ListingTests {
    private let place: Workplace
    private let ledger: LedgerDatabase

    init() async throws {
        place = try Workplace()
        ledger = try await place.open()
    }

    private func list(
        _ pairs: [Listed], catalogue: String = archive, first: FirstListing = .baseline, at now: Date = epoch
    ) async throws -> ListingChanges {
        try await ledger.recordListing(pairs, of: frameA, in: catalogue, first: first, at: now)
    }

    private func waiting() async throws -> [Job] { try await ledger.reader.nextJobs(limit: 100, at: after(1e9)) }

    @Test func `P13 a frame's first listing is the archive, what comes later is work`() async throws {
        let old = (0..<50).map { listed(interferogram($0 * 12, $0 * 12 + 12)) }
        let first = try await list(old)
        #expect(first.baseline.count == 50)
        #expect(first.new.isEmpty)
        #expect(try await waiting().isEmpty)
        let fresh = listed(interferogram(600, 612))
        let second = try await list(old + [fresh])
        #expect(second.new == [interferogram(600, 612)])
        #expect(try await waiting().map(\.interferogram) == [interferogram(600, 612)])
        #expect(try await list(old + [fresh]) == ListingChanges())
    }

    @Test func `P13 an empty listing is degraded, loses nothing and is nobody's first listing`() async throws {
        let doubt = "the listing is empty, 0 interferograms were listed before"
        #expect(try await list([]) == ListingChanges(doubt: doubt))
        #expect(try await ledger.reader.polling().first?.degraded == doubt)
        #expect(try await list([listed(interferogram(0, 12))]).baseline.count == 1)
        _ = try await list([listed(interferogram(0, 12)), listed(interferogram(12, 24))])
        let empty = try await list([])
        #expect(empty.vanished == [interferogram(0, 12), interferogram(12, 24)])
        #expect(try await ledger.reader.polling().first?.degraded == "the listing is empty, 2 interferograms were listed before")
        #expect(try await waiting().count == 1)
        _ = try await list([listed(interferogram(0, 12)), listed(interferogram(12, 24))])
        #expect(try await ledger.reader.polling().first?.degraded == nil)
    }

    @Test func `a waiting interferogram that is no longer listed makes the frame degraded and stays in the queue`() async throws {
        try await ledger.queue([interferogram(0, 12), interferogram(12, 24)])
        try await ledger.complete(interferogram(0, 12))
        _ = try await list([listed(interferogram(-24, -12)), listed(interferogram(12, 24))])
        #expect(try await ledger.reader.polling().first?.degraded == nil)
        _ = try await list([listed(interferogram(-24, -12))])
        #expect(try await ledger.reader.polling().first?.degraded == "1 waiting interferograms are no longer listed")
        #expect(try await waiting().map(\.interferogram) == [interferogram(12, 24)])
    }

    @Test(arguments: [(1, false), (2, false), (3, true)])
    func `a listing that lost more than a tenth of its finished interferograms is degraded until they are back`(lost: Int, degraded: Bool)
        async throws
    {
        let archive = (0..<20).map { listed(interferogram($0 * 12, $0 * 12 + 12)) }
        _ = try await list(archive)
        _ = try await list(Array(archive.dropFirst(lost)))
        #expect(try await ledger.reader.polling().first?.degraded == (degraded ? "3 of 20 interferograms listed before are no longer listed" : nil))
        _ = try await list(archive)
        #expect(try await ledger.reader.polling().first?.degraded == nil)
    }

    @Test func `an unchanged listing keeps a frame degraded, unless it is said to be well`() async throws {
        _ = try await list([])
        let frame = interferogram(0, 12).frame
        try await ledger.recordUnchanged(frame, in: archive, at: epoch)
        #expect(try await ledger.reader.polling().first?.degraded != nil)
        try await ledger.recordUnchanged(frame, in: archive, isHealthy: true, at: epoch)
        #expect(try await ledger.reader.polling().first?.degraded == nil)
    }

    @Test func `a second catalogue's first listing of a frame is archive too and known pairs stay as they are`() async throws {
        _ = try await list([listed(interferogram(0, 12))])
        _ = try await list([listed(interferogram(0, 12)), listed(interferogram(12, 24))])
        let other = try await list(
            [listed(interferogram(-12, 0)), listed(interferogram(12, 24), modified: 1e6)], catalogue: "ceda")
        #expect(other.baseline == [interferogram(-12, 0)])
        #expect(other.superseding.isEmpty)
        #expect(try await waiting().map(\.catalogue) == [archive])
    }

    @Test func `a drop folder's first listing is work`() async throws {
        #expect(try await list([listed(interferogram(0, 12))], first: .queue).new == [interferogram(0, 12)])
    }

    @Test func `a reprocessed interferogram is queued again and its earlier version ends as superseded`() async throws {
        try await ledger.queue([interferogram(0, 12)])
        try await ledger.complete(interferogram(0, 12))
        #expect(try await list([listed(interferogram(0, 12), modified: 30)]).superseding.isEmpty)
        #expect(try await list([listed(interferogram(0, 12), modified: 3600)]).superseding == [interferogram(0, 12)])
        #expect(try await waiting().map(\.version) == [2])
        let account = try #require(try await ledger.reader.account(of: interferogram(0, 12)))
        #expect(account.versions.map(\.number) == [2, 1])
        #expect(account.versions.map(\.outcome) == [nil, .superseded])
        #expect(account.versions[1].supersededOutcome == .scored)
        #expect(account.versions[1].assessments.count == 2)
        #expect(account.versions[1].decisions.count == 2)
        // The history to weigh evidence with is that of the current versions.
        #expect(try await ledger.reader.assessments(of: volcano1).isEmpty)
        #expect(
            try await list([listed(interferogram(0, 12), modified: 3600)]) == ListingChanges(vanished: [interferogram(-24, -12)]))
    }

    @Test func `a result of a version that was superseded meanwhile is not taken`() async throws {
        try await ledger.queue([interferogram(0, 12)])
        _ = try await list([listed(interferogram(0, 12), modified: 3600)])
        #expect(try await ledger.complete(interferogram(0, 12), version: 1) == .alreadyStored(alerts: []))
        #expect(try await !ledger.recordOutcome(.rejected("late"), of: interferogram(0, 12), version: 1, at: epoch))
        #expect(try await !ledger.recordRetry(interferogram(0, 12), version: 1, error: "late", notBefore: epoch, at: epoch))
        #expect(try await ledger.complete(interferogram(0, 12), version: 2) == .stored)
    }

    @Test func `P13 a reprocessed archive stays archive`() async throws {
        _ = try await list([listed(interferogram(0, 12))])
        #expect(try await list([listed(interferogram(0, 12), modified: 1e6)]) == ListingChanges())
        #expect(try await waiting().isEmpty)
        #expect(try await ledger.reader.counts().outcomes == [.baseline: 1])
    }

    @Test func `a rejected interferogram is queued again when a new version is out`() async throws {
        try await ledger.queue([interferogram(0, 12)])
        _ = try await ledger.recordOutcome(.rejected("truncated"), of: interferogram(0, 12), version: 1, at: epoch)
        #expect(try await list([listed(interferogram(0, 12), modified: 3600)]).superseding.count == 1)
    }

    @Test func `a waiting one that failed takes another catalogue's address`() async throws {
        try await ledger.queue([interferogram(0, 12)])
        let elsewhere = listed(interferogram(0, 12), source: "https://other.example/x")
        _ = try await list([elsewhere], catalogue: "ceda")
        #expect(try await waiting().first?.catalogue == archive)
        try await ledger.recordRetry(interferogram(0, 12), version: 1, error: "404", notBefore: epoch, at: epoch)
        _ = try await list([elsewhere], catalogue: "ceda")
        #expect(try await waiting().first?.source == "https://other.example/x")
    }

    @Test func `a pair that is listed twice is one interferogram`() async throws {
        try await ledger.start()
        #expect(try await list([listed(interferogram(0, 12)), listed(interferogram(0, 12))]).new.count == 1)
    }

    @Test func `a listing with another frame's interferogram is refused`() async throws {
        let error = await #expect(throws: LedgerError.self) {
            _ = try await list([listed(interferogram(0, 12, frame: frameB))])
        }
        #expect(error?.isTemporary == false)
    }

    @Test func `polling state survives and counts failures in a row`() async throws {
        _ = try await list([listed(interferogram(0, 12))])
        var state = try #require(try await ledger.reader.polling(frame: frameA).first)
        #expect(state.firstListed == epoch)
        #expect(state.pairs == 1)
        for attempt in 1...2 { try await ledger.recordPollFailure("503", of: frameA, in: archive, at: after(Double(attempt))) }
        state = try #require(try await ledger.reader.polling(frame: frameA).first)
        #expect(state.failures == 2)
        #expect(state.lastError == "503")
        #expect(state.lastErrorAt == after(2))
        #expect(state.lastSuccess == epoch)
        try await ledger.recordUnchanged(frameA, in: archive, at: after(3))
        state = try #require(try await ledger.reader.polling(frame: frameA).first)
        #expect(state.failures == 0 && state.lastError == nil && state.lastSuccess == after(3))
        #expect(try await ledger.reader.polling(frame: frameB).isEmpty)
    }

    @Test func `the newest acquisition counts the archive and outlines are kept`() async throws {
        #expect(try await ledger.reader.newestAcquisition(of: frameA) == nil)
        _ = try await list([listed(interferogram(0, 36)), listed(interferogram(12, 24))])
        #expect(try await ledger.reader.newestAcquisition(of: frameA) == interferogram(0, 36).pair.later)
        #expect(try await ledger.reader.newestAcquisitions() == [frameA: interferogram(0, 36).pair.later])
        let corners = [(0.0, 0.0), (0, 2), (2, 2)].map { GeoPoint(latitude: $0.0, longitude: $0.1)! }
        let polygon = try #require(FramePolygon(points: corners))
        try await ledger.recordPolygon(polygon, of: frameB)
        #expect(try await ledger.reader.polygons() == [frameB: polygon])
    }
}

extension ListingChanges {
    init(vanished: [InterferogramID] = [], doubt: String? = nil) {
        self.init()
        self.vanished = vanished
        self.doubt = doubt
    }
}
