import Domain

/// Which way a piece of evidence points. A weight within 0.05 of zero says nothing.
enum EvidenceSide {
    case deformation, atmosphere, neither

    init(weight: Double) {
        self = weight > 0.05 ? .deformation : weight < -0.05 ? .atmosphere : .neither
    }
}

/// One argument in plain words. The figures are those that the tests document; where one is missing the sentence does without.
struct EvidenceSentence {
    let evidence: Evidence
    let language: Language

    var text: String {
        switch evidence.test {
        case .coherence: coherence
        case .independentPair: independentPair
        case .sharedDate: sharedDate
        case .timeSpan: timeSpan
        case .phaseElevation: phaseElevation
        }
    }

    private var side: EvidenceSide { EvidenceSide(weight: evidence.weight) }

    private func choose(_ english: String, _ spanish: String) -> String { language == .spanish ? spanish : english }

    private func count(_ name: String) -> Int { evidence.figures[name].flatMap { Int(exactly: $0.rounded()) } ?? 0 }

    /// ` (0.71)`, or nothing.
    private func bracket(_ name: String, places: Int) -> String {
        evidence.figures[name].map { " (" + language.decimal($0, places: places) + ")" } ?? ""
    }

    private func percent(_ share: Double) -> String { language.decimal(share * 100, places: 0) + " %" }

    private var coherence: String {
        let mean = bracket("coherence", places: 2)
        switch side {
        case .atmosphere:
            return choose(
                "The ground there is poorly coherent\(mean): noise can look like fringes.",
                "El terreno es allí poco coherente\(mean): el ruido puede parecer franjas.")
        case .deformation, .neither:
            return choose(
                "The ground there is coherent\(mean): it is not noise, but air can look the same.",
                "El terreno es allí coherente\(mean): no es ruido, pero el aire puede verse igual.")
        }
    }

    private var independentPair: String {
        let (flagged, quiet) = (count("flagged"), count("quiet"))
        if flagged == 0, quiet == 0 {
            return choose(
                "No independent interferogram of the same time is known.", "No se conoce ningún interferograma independiente de la misma época.")
        }
        let supporting =
            flagged == 1
            ? choose("One independent interferogram is flagged at the same place", "Un interferograma independiente señala el mismo lugar")
            : choose(
                "\(flagged) independent interferograms are flagged at the same place",
                "\(flagged) interferogramas independientes señalan el mismo lugar")
        let doubting =
            quiet == 1
            ? choose("one of the same time shows nothing", "uno de la misma época no muestra nada")
            : choose("\(quiet) of the same time show nothing", "\(quiet) de la misma época no muestran nada")
        if quiet == 0 { return supporting + pairs + "." }
        if flagged > 0 { return supporting + choose("; ", "; ") + doubting + "." }
        return choose("Of the independent interferograms ", "De los interferogramas independientes, ") + doubting + pairs + "."
    }

    private var sharedDate: String {
        guard let day = AcquisitionDate(String(count("date"))) else {
            return choose(
                "The flagged interferograms have no date in common, so the air of one day does not explain them.",
                "Los interferogramas señalados no tienen ninguna fecha en común: el aire de un solo día no los explica.")
        }
        let quiet = count("quiet"), sign = count("sign"), date = day.iso8601
        if side == .deformation {
            return choose(
                "Before and after \(date) the motion has the same direction; the air of that day would turn it.",
                "Antes y después del \(date) el movimiento tiene el mismo sentido; el aire de ese día lo invertiría.")
        }
        var text = choose(
            "All flagged interferograms contain the date \(date), so the air of that day could explain them",
            "Todos los interferogramas señalados contienen la fecha \(date): el aire de ese día podría explicarlos")
        if quiet > 0 {
            text +=
                quiet == 1
                ? choose("; one across that day, without it, shows nothing", "; uno que abarca ese día sin usarlo no muestra nada")
                : choose("; \(quiet) across that day, without it, show nothing", "; \(quiet) que abarcan ese día sin usarlo no muestran nada")
        }
        if sign < 0 { text += choose("; the direction turns at that date", "; el sentido cambia en esa fecha") }
        return text + "."
    }

    private var timeSpan: String {
        let shares = ["12", "24", "48"].compactMap { days in
            evidence.figures["share" + days].map { choose("\(percent($0)) up to \(days) days", "\(percent($0)) hasta \(days) días") }
        }
        let listed = shares.isEmpty ? "" : " (" + choose("flagged: ", "señalados: ") + shares.joined(separator: ", ") + ")"
        return switch side {
        case .deformation:
            choose(
                "Interferograms over longer times are flagged more often, as lasting motion is\(listed).",
                "Los interferogramas de intervalos más largos se señalan más a menudo, como un movimiento duradero\(listed).")
        case .atmosphere:
            choose(
                "Interferograms over longer times are not flagged more often, as lasting motion would be\(listed).",
                "Los interferogramas de intervalos más largos no se señalan más a menudo, como haría un movimiento duradero\(listed).")
        case .neither:
            choose(
                "It is flagged about as often over short and long times, which says nothing\(listed).",
                "Se señala casi igual en intervalos cortos y largos, lo que no dice nada\(listed).")
        }
    }

    private var phaseElevation: String {
        switch side {
        case .deformation:
            return choose(
                "The phase does not follow the elevation, as layered air would.", "La fase no sigue la altitud, como haría el aire estratificado.")
        case .atmosphere:
            let fringes = evidence.figures["fringes"].map { language.decimal(abs($0), places: 1) }
            let size = fringes.map { choose(" (\($0) fringes over the relief)", " (\($0) franjas en todo el relieve)") } ?? ""
            // The test weighs a delay that fits everywhere but at the flagged place by at most a quarter.
            let doubt = evidence.weight > -0.3 ? choose("; at the flagged place itself it does not", "; en el lugar señalado mismo, no") : ""
            return choose(
                "The phase follows the elevation, as layered air does\(size)\(doubt).",
                "La fase sigue la altitud, como hace el aire estratificado\(size)\(doubt).")
        case .neither:
            return choose(
                "Phase against elevation does not decide.", "La comparación de la fase con la altitud no decide.")
        }
    }

    /// ` (2024-01-06 – 2024-02-11, ...)`, the three newest.
    private var pairs: String {
        if evidence.pairs.isEmpty { return "" }
        let shown = evidence.pairs.sorted(by: >).prefix(3).map { "\($0.earlier.iso8601) – \($0.later.iso8601)" }
        let rest = evidence.pairs.count - shown.count
        return " (" + (shown + (rest > 0 ? ["+\(rest)"] : [])).joined(separator: ", ") + ")"
    }
}
