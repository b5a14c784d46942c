import FoundationEssentials

/// The status as Prometheus text (exposition format 0.0.4). Base units; labels only from small fixed sets.
public enum MetricsText {
    public static func render(_ status: StatusReport) -> String {
        var text = ""
        func family(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: Double)]) {
            text += "# HELP fringewatch_\(name) \(help)\n# TYPE fringewatch_\(name) \(kind)\n"
            for sample in samples {
                let labels = sample.labels.isEmpty ? "" : "{\(sample.labels)}"
                text += "fringewatch_\(name)\(labels) \(number(sample.value))\n"
            }
        }
        family("degraded", "gauge", "1 while something is wrong, 0 while all is well.", [("", status.health == .degraded ? 1 : 0)])
        family("start_time_seconds", "gauge", "When the daemon started, Unix time.", [("", status.started.timeIntervalSince1970)])
        family("watched_volcanoes", "gauge", "Volcanoes on the watch list.", [("", Double(status.watchedVolcanoes))])
        family("priority_volcanoes", "gauge", "Active entries of the priority list.", [("", Double(status.priorityVolcanoes))])
        family("watched_frames", "gauge", "Frames polled.", [("", Double(status.watchedFrames))])
        family("waiting_interferograms", "gauge", "Interferograms known but not finished.", [("", Double(status.waiting))])
        family("retrying_interferograms", "gauge", "Waiting interferograms that failed at least once.", [("", Double(status.retrying))])
        family(
            "interferograms_total", "counter", "Finished interferograms by outcome.",
            status.outcomes.sorted { $0.key < $1.key }.map { ("outcome=\"\($0.key)\"", Double($0.value)) })
        family(
            "deliveries", "gauge", "Deliveries by state.",
            status.deliveries.sorted { $0.key < $1.key }.map { ("state=\"\($0.key)\"", Double($0.value)) })
        family("open_episodes", "gauge", "Episodes that have not ended.", [("", Double(status.openEpisodes))])
        family(
            "catalogue_degraded_frames", "gauge", "Frames whose last listing failed or shrank, by catalogue.",
            status.catalogues.map { ("catalogue=\"\(escaped($0.name))\"", Double($0.degradedFrames)) })
        family(
            "catalogue_last_success_time_seconds", "gauge", "When a listing last succeeded, Unix time, by catalogue.",
            status.catalogues.compactMap { catalogue in
                catalogue.lastSuccess.map { ("catalogue=\"\(escaped(catalogue.name))\"", $0.timeIntervalSince1970) }
            })
        if let days = status.newestAcquisitionAgeDays {
            family("newest_acquisition_age_seconds", "gauge", "Age of the newest acquisition known.", [("", Double(days) * 86_400)])
        }
        if let last = status.lastAlert {
            family("last_alert_time_seconds", "gauge", "When the last alert was issued, Unix time.", [("", last.timeIntervalSince1970)])
        }
        return text
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }

    private static func escaped(_ label: String) -> String {
        label.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}
