import Domain
import Foundation
import Messages

/// Alerts with all or hardly any of what an alert can hold.
enum SampleAlerts {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let templateFolder = repository.appending(path: "alert-templates")

    private static let templates = Result { try TemplateSet.load(from: templateFolder) }
    static func composer() throws -> MessageComposer { MessageComposer(templates: try templates.get()) }

    static func pair(_ text: String) -> AcquisitionPair { AcquisitionPair(text)! }
    static func interferogram(_ pair: String) -> InterferogramID { InterferogramID("106A_09048_000909/\(pair)")! }

    static let volcano = Volcano(
        number: VolcanoNumber(353_050)!, name: "Sierra Negra", country: "Ecuador", region: "Galápagos",
        summit: GeoPoint(latitude: -0.83, longitude: -91.17)!, elevation: 1124)

    static let evidence = [
        Evidence(test: .coherence, weight: 0, figures: ["coherence": 0.71, "validShare": 0.93], pairs: []),
        Evidence(
            test: .independentPair, weight: 0.6, figures: ["flagged": 1, "quiet": 0, "coverage": 0], pairs: [pair("20231213_20240118")]),
        Evidence(test: .sharedDate, weight: 0.4, figures: ["date": 0, "flagged": 3, "quiet": 0, "sign": 0], pairs: []),
        Evidence(
            test: .timeSpan, weight: 0.33, figures: ["share12": 0.49, "share24": 0.9, "share48": 0.98, "pairs12": 9, "pairs24": 10, "pairs48": 8],
            pairs: []),
        Evidence(test: .phaseElevation, weight: -0.25, figures: ["slope": 7.4, "relief": 1100, "fringes": 1.3], pairs: []),
    ]

    /// - Parameter full: with everything that may be absent.
    static func alert(
        kind: AlertKind = .update, revision: Int = 2, full: Bool = true, reason: DecisionReason = .higherTier, source: String? = nil,
        name: String? = nil
    ) -> Alert {
        let volcano = Volcano(
            number: self.volcano.number, name: name ?? self.volcano.name, country: self.volcano.country, region: self.volcano.region,
            summit: self.volcano.summit, elevation: self.volcano.elevation)
        let place = GeoPoint(latitude: -0.812, longitude: -91.19)!
        let finding = Finding(
            pMax: Probability(0.9731)!, place: place, distance: volcano.summit.distance(to: place), bearing: volcano.summit.bearing(to: place),
            areaAbove50: 184.26, areaAbove80: 61.9, motion: full ? LineOfSightMotion(fringes: 2.3, centimetres: 6.38) : nil,
            quality: Quality(validShare: 0.962, meanCoherence: full ? 0.7134 : nil),
            patches: PatchCounts(total: 16, withoutData: 1, withoutEdges: 3, classified: 12))
        let history = [("20231213_20240118", 0.81, AlertKind.new), ("20231201_20231225", 0.55, nil), ("20230812_20230905", 0.62, .ended)]
            .map { EarlierFlag(interferogram: interferogram($0.0), pMax: Probability($0.1)!, kind: $0.2) }
        return Alert(
            id: AlertID("353050-20240118-h4x9q.\(revision)"), episode: EpisodeID("353050-20240118-h4x9q"), revision: revision, kind: kind,
            tier: .alert, issued: Date(timeIntervalSince1970: 1_707_903_017), volcano: volcano,
            observation: Observation(
                interferogram: interferogram("20240106_20240211"),
                source: source
                    ?? "https://gws-access.jasmin.ac.uk/public/nceo_geohazards/LiCSAR_products/106/106A_09048_000909/interferograms/20240106_20240211",
                seen: Date(timeIntervalSince1970: 1_707_902_941), newestAcquisition: AcquisitionDate("20240211")!),
            finding: finding, evidence: full ? evidence : [], history: full ? history : [], reason: reason,
            explanation: "P_max 0.97 is at or above the alert threshold 0.80; the episode's tier was notify",
            model: ModelID(name: "starter", checksum: "3f1c9a0b7d2e"), priority: full ? "uplift since 2022, ask Dr. Paz & team <geo>" : nil)
    }

    /// The smallest PNG: one pixel.
    static let picture = AlertPicture(
        png: Data(
            base64Encoded:
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")!,
        alternativeText: "Two maps of Sierra Negra.")

    static func mail(
        _ alert: Alert = alert(), language: Language = .english, picture: AlertPicture? = picture, to: String = "guardia@observatorio.example",
        from: String = "fringewatch <alerts@example.org>", deliveryID: String? = nil
    ) throws -> String {
        let data = try composer().mail(
            alert, picture: picture, to: Mailbox(to), from: Mailbox(from), language: language,
            deliveryID: deliveryID ?? "\(alert.id)/observatory/\(to)", messageIDDomain: HostName("example.org")!)
        return String(decoding: data, as: UTF8.self)
    }

    static let secretText = "whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString()

    static func webhook(
        _ alert: Alert = alert(), language: Language = .english, picture: WebhookPicture = .inline(picture), at seconds: Double = 1_707_903_100
    ) throws -> WebhookMessage {
        try composer().webhook(
            alert, picture: picture, language: language, secret: WebhookSecret(secretText), deliveryID: "\(alert.id)/hook",
            timestamp: Date(timeIntervalSince1970: seconds))
    }
}
