import Domain
import Foundation
import Ledger

// Values for ledger tests: whole seconds, because times are kept in milliseconds.

let epoch = Date(timeIntervalSince1970: 1_700_000_000)
let frameA = FrameID("106A_09048_000909")!
let frameB = FrameID("128D_09016_110500")!
let volcano1 = VolcanoNumber(353050)!
let volcano2 = VolcanoNumber(353010)!
let model = ModelID(name: "starter", checksum: "0123456789ab")
let archive = "jasmin"

func after(_ seconds: Double) -> Date { epoch.addingTimeInterval(seconds) }

/// Acquisition days are counted from 2024-01-01.
func interferogram(_ from: Int, _ to: Int, frame: FrameID = frameA) -> InterferogramID {
    let start = AcquisitionDate(year: 2024, month: 1, day: 1)!.dayNumber
    let pair = AcquisitionPair(AcquisitionDate(dayNumber: start + from), AcquisitionDate(dayNumber: start + to))!
    return InterferogramID(frame: frame, pair: pair)
}

func listed(_ interferogram: InterferogramID, modified: Double = 0, source: String? = nil) -> Listed {
    Listed(
        interferogram: interferogram, source: source ?? "https://catalogue.example/\(interferogram)",
        version: ProductVersion(lastModified: after(modified)))
}

/// A ledger in a directory of its own that goes when the test is over.
final class Workplace: Sendable {
    let directory: URL
    var path: String { directory.appending(path: "ledger.sqlite").path }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func open(_ now: Date = epoch) async throws -> LedgerDatabase { try await LedgerDatabase.open(at: path, now: now) }

    var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() }
    }
}

extension LedgerDatabase {
    /// Lists an archive first, so that what follows is new.
    func start(_ frames: [FrameID] = [frameA]) async throws {
        for frame in frames {
            _ = try await recordListing([listed(interferogram(-24, -12, frame: frame))], of: frame, in: archive, at: epoch)
        }
    }

    /// Queues interferograms, one listing for each frame.
    func queue(_ interferograms: [InterferogramID], at now: Date = epoch) async throws {
        try await start(Array(Set(interferograms.map(\.frame))))
        for (frame, pairs) in Dictionary(grouping: interferograms, by: \.frame) {
            _ = try await recordListing(pairs.map { listed($0) }, of: frame, in: archive, at: now)
        }
    }
}

func finding(_ p: Double) -> Finding {
    Finding(
        pMax: Probability(p)!, place: GeoPoint(latitude: -0.83, longitude: -91.17)!, distance: 120.5, bearing: 33.3,
        areaAbove50: 12.25, areaAbove80: 3.5, motion: LineOfSightMotion(fringes: 2.5, centimetres: 6.9),
        quality: Quality(validShare: 0.9, meanCoherence: 0.61),
        patches: PatchCounts(total: 16, withoutData: 1, withoutEdges: 4, classified: 11))
}

func assessment(_ interferogram: InterferogramID, _ p: Double, volcano: VolcanoNumber = volcano1) -> Assessment {
    Assessment(interferogram: interferogram, volcano: volcano, model: model, result: .scored(finding(p)))
}

func episode(_ id: String, _ interferogram: InterferogramID, volcano: VolcanoNumber = volcano1, revision: Int = 1) -> Episode {
    let flag = Episode.Flag(interferogram: interferogram, pMax: Probability(0.9)!, place: finding(0.9).place, area: 12.25)
    return Episode(
        id: EpisodeID(id), volcano: volcano, state: .open, place: flag.place, tier: .alert, revision: revision, confirmed: false,
        toldArea: 12.25, lastActive: interferogram.pair.later, flags: [flag])
}

func alert(
    _ id: String, _ interferogram: InterferogramID, episode: String, volcano: VolcanoNumber = volcano1, kind: AlertKind = .new,
    issued: Date = epoch
) -> Alert {
    let volcano = Volcano(
        number: volcano, name: "Sierra Negra", country: "Ecuador", region: "Galápagos", summit: finding(0.9).place, elevation: 1124)
    return Alert(
        id: AlertID(id), episode: EpisodeID(episode), revision: 1, kind: kind, tier: .alert, issued: issued, volcano: volcano,
        observation: Observation(
            interferogram: interferogram, source: "https://catalogue.example/x", seen: issued,
            newestAcquisition: interferogram.pair.later),
        finding: finding(0.93),
        evidence: [Evidence(test: .coherence, weight: 0.1, figures: ["mean": 0.61, "none": .nan], pairs: [interferogram.pair])],
        history: [], reason: .firstFlag, explanation: "P_max 0.93", model: model, priority: nil)
}

func delivery(_ id: String, alert: String, receiver: String = "observatory", due: Date = epoch, created: Date = epoch) -> Delivery {
    Delivery(
        id: id, alert: AlertID(alert), receiver: ReceiverName(receiver)!, address: "\(receiver)@example.org", created: created,
        attempts: 0, lastError: nil, state: .waiting(until: due))
}

/// Two volcanoes: one alerts two receivers, one is quiet.
func decisions(
    on interferogram: InterferogramID, version: Int = 1, snapshots: [EpisodeSnapshot], receivers: [String] = ["mail", "hook"],
    picture: Data = Data([0x89, 0x50, 0x4e, 0x47])
) -> InterferogramDecisions {
    let name = "353050-\(interferogram.pair.later)-\(interferogram.pair.span)v\(version)"
    let alert = alert("\(name).1", interferogram, episode: name)
    let told = InterferogramDecisions.Entry(
        volcano: volcano1, model: model, rules: "rules1",
        decision: Decision(
            reason: .firstFlag, explanation: "P_max 0.93 is high", episode: episode(name, interferogram),
            announcement: Announcement(kind: .new, tier: .alert)),
        alert: NewAlert(
            alert: alert, picture: picture,
            deliveries: receivers.map { delivery("\(alert.id)/\($0)", alert: alert.id.text, receiver: $0) }))
    let quiet = InterferogramDecisions.Entry(
        volcano: volcano2, model: model, rules: "rules2",
        decision: Decision(reason: .belowThreshold, explanation: "P_max 0.10 is low", episode: nil, announcement: nil), alert: nil)
    return InterferogramDecisions(
        interferogram: interferogram, version: version, outcome: .scored, snapshots: snapshots, entries: [told, quiet])
}

extension LedgerDatabase {
    var snapshots: [EpisodeSnapshot] {
        get async throws { [try await reader.episodes(of: volcano1), try await reader.episodes(of: volcano2)] }
    }

    /// Scores, decides and stores as the daemon does.
    @discardableResult
    func complete(_ interferogram: InterferogramID, version: Int = 1, receivers: [String] = ["mail", "hook"]) async throws
        -> CommitResult
    {
        try await recordScores(
            [assessment(interferogram, 0.93), assessment(interferogram, 0.1, volcano: volcano2)], of: interferogram,
            version: version,
            timings: ["classify": 0.5], at: epoch)
        let decided = decisions(on: interferogram, version: version, snapshots: try await snapshots, receivers: receivers)
        return try await commitDecisions(decided, at: epoch)
    }
}
