import Domain
import Volcanoes

/// What can only be judged with several keys in view.
struct CrossChecks {
    private let reader: SectionReader

    init(_ reader: SectionReader) { self.reader = reader }

    func run(_ settings: inout Settings) {
        uniqueNames("catalogues")
        uniqueNames("receivers")
        receivers(settings)
        settings.warnings += warnings(settings)
    }

    private func uniqueNames(_ list: String) {
        guard case .list(let items) = reader.node(list)?.content else { return }
        var seen: [String: Place] = [:]
        for item in items {
            guard let node = item["name"], let name = node.text else { continue }
            if let earlier = seen[name] {
                reader.log.add(
                    node.place, "\(list)[\(name)].name", found: "the name \(name.quoted) a second time", expected: "each name once",
                    suggestion: "it stands at \(earlier) already")
            } else {
                seen[name] = node.place
            }
        }
    }

    private func receivers(_ settings: Settings) {
        guard case .list(let items) = reader.node("receivers")?.content else { return }
        for item in items {
            let name = item["name"]?.text ?? ""
            if item["kind"]?.text?.lowercased() == "email", reader.node("smtp") == nil {
                reader.log.add(
                    item["kind"]?.place ?? item.place, "receivers[\(name)].kind", found: "a receiver of kind email without a mail relay",
                    expected: "a section smtp", suggestion: "add smtp: with host and from")
            }
            if item["picture"]?.text?.lowercased() == "link", settings.publicURL == nil, reader.node("public_url") == nil {
                reader.log.add(
                    item["picture"]?.place ?? item.place, "receivers[\(name)].picture", found: "link without public_url",
                    expected: "inline or none, or the key public_url")
            }
        }
    }

    private func warnings(_ settings: Settings) -> [ConfigurationProblem] {
        var warnings: [ConfigurationProblem] = []
        func warn(_ name: String, found: String, expected: String) {
            warnings.append(ConfigurationProblem(place: reader.place(of: name), key: name, found: found, expected: expected))
        }
        if settings.receivers.allSatisfy({ !$0.enabled }) {
            warn("receivers", found: "nobody who is told", expected: "at least one receiver that is enabled")
        }
        if settings.watch.isEmpty {
            warn("watch", found: "nothing to watch but the priority list", expected: "volcanoes, countries, regions, boxes or all: true")
        } else if settings.watch.volcanoes(from: reader.volcanoes).isEmpty {
            warn("watch", found: "a selection without any volcano", expected: "at least one")
        }
        if settings.catalogues.isEmpty { warn("catalogues", found: "no catalogue", expected: "at least one") }
        return warnings
    }
}
