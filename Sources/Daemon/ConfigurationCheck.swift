import Configuration
import Detection
import Domain
public import Foundation
import Messages
import Volcanoes

/// Looks at everything that a start would need, and stops at nothing: all mistakes come at once.
public enum ConfigurationCheck {
    public struct Report: Codable, Sendable {
        public var errors: [String] = []
        public var warnings: [String] = []
        /// One paragraph on what the configuration makes fringewatch do.
        public var summary = ""
    }

    public static func run(
        main: URL, environment: [String: String], installation: Installation, readingSecrets: Bool, now: Date
    ) -> Report {
        var report = Report()
        let volcanoes: VolcanoList
        let frames: FrameList
        do {
            volcanoes = try VolcanoList.load(from: installation.volcanoes)
            frames = try FrameList.load(from: installation.frames)
        } catch {
            report.errors.append("\(error)")
            return report
        }
        let settings: Settings
        do {
            settings = try SettingsLoader.load(main: main, environment: environment, volcanoes: volcanoes)
        } catch {
            report.errors += error.problems.map(\.description)
            return report
        }
        report.warnings += settings.warnings.map(\.description)
        let priorities = priorities(settings, volcanoes, now: now, &report)
        check(&report) { _ = try TemplateSet.load(from: settings.templates ?? installation.templates) }
        check(&report) { _ = try Runtime.makeDetector(settings.detection, installation: installation) }
        if readingSecrets {
            for secret in settings.secrets { check(&report) { _ = try secret.source.read() } }
            for receiver in settings.receivers where receiver.enabled { check(&report) { _ = try Outbox.webhookSecret(of: receiver) } }
            check(&report) { _ = try CatalogueSet(settings) }
            check(&report) { _ = try Outbox(settings, installation: installation) }
        }
        let watch = WatchList(settings.watch, from: volcanoes, also: priorities.active(on: AcquisitionDate(now)).map(\.volcano))
        if watch.volcanoes.isEmpty { report.warnings.append("no volcano is watched: fill the section watch, or the priority list") }
        if settings.receivers.allSatisfy({ !$0.enabled }) { report.warnings.append("no receiver is configured and enabled: nobody is told") }
        report.summary =
            "The configuration is right: \(watch.volcanoes.count) volcanoes (\(priorities.active(on: AcquisitionDate(now)).count) with priority), "
            + "up to \(watch.candidates(in: frames).count) frames, \(settings.catalogues.count) catalogues, \(settings.receivers.count { $0.enabled }) receivers."
        return report
    }

    private static func priorities(_ settings: Settings, _ volcanoes: VolcanoList, now: Date, _ report: inout Report) -> PriorityList {
        do throws(ConfigurationErrors) {
            guard let text = try PriorityListFile.read(settings.priorityList) else { return .empty }
            let list = try PriorityList.parse(
                text, file: settings.priorityList.path, volcanoes: volcanoes, receiverNames: settings.receivers.map(\.name),
                today: AcquisitionDate(now))
            report.warnings += list.warnings.map(\.description)
            return list
        } catch {
            report.errors += error.problems.map(\.description)
            return .empty
        }
    }

    /// A mistake that shows in two places is told once.
    private static func check(_ report: inout Report, _ body: () throws -> Void) {
        var found: [String] = []
        do {
            try body()
        } catch let errors as TemplateErrors {
            found = errors.errors.map(\.description)
        } catch {
            found = ["\(error)"]
        }
        report.errors += found.filter { !report.errors.contains($0) }
    }
}
