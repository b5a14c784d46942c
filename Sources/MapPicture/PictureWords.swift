import Domain

/// What stands on a picture, in its language.
struct PictureWords {
    let scene: PictureScene
    private var language: Language { scene.language }
    private var isSpanish: Bool { language == .spanish }

    var phaseTitle: String { isSpanish ? "Fase envuelta" : "Wrapped phase" }
    var probabilityTitle: String { isSpanish ? "Probabilidad de deformación" : "Probability of deformation" }
    var notClassified: String { isSpanish ? "sin clasificar" : "not classified" }
    var summit: String { isSpanish ? "cumbre" : "summit" }
    var noData: String { isSpanish ? "sin datos" : "no data" }
    var look: String { isSpanish ? "dirección de vuelo y de observación" : "flight and look direction" }
    var test: String { isSpanish ? "PRUEBA" : "TEST" }

    /// 2 pi of phase are half of Sentinel-1's wavelength (0.0554658 m) along the line of sight.
    var cycle: String {
        let length = language.decimal(2.8, places: 1)
        return isSpanish ? "un ciclo = \(length) cm en la línea de vista" : "one cycle = \(length) cm along the line of sight"
    }

    /// Displacement towards the satellite is -phase x wavelength / 4 pi: the lower end of the bar.
    var towards: String { isSpanish ? "← hacia el satélite" : "← towards satellite" }

    /// Both dates and the days between them; nil where they are not known, as all that follows from the interferogram's name.
    var dates: String? {
        guard let pair = scene.interferogram?.pair else { return nil }
        let days = isSpanish ? (pair.span == 1 ? "día" : "días") : (pair.span == 1 ? "day" : "days")
        return "\(pair.earlier.iso8601) – \(pair.later.iso8601)  ·  \(pair.span) \(days)"
    }

    var frame: String? {
        scene.interferogram.map { (isSpanish ? "marco " : "frame ") + $0.frame.name + "  ·  " + pass($0.frame.pass) }
    }

    private func pass(_ pass: Pass) -> String {
        switch pass {
        case .ascending: isSpanish ? "ascendente" : "ascending"
        case .descending: isSpanish ? "descendente" : "descending"
        }
    }

    func peak(_ peak: PictureScene.Peak) -> String {
        (isSpanish ? "P máx. " : "P max ") + probability(peak.probability) + (isSpanish ? " en " : " at ") + language.place(peak.place)
    }

    func probability(_ probability: Probability) -> String { language.probability(probability) }

    var credit: String? {
        guard let pair = scene.interferogram?.pair else { return nil }
        let years = pair.earlier.year == pair.later.year ? "\(pair.later.year)" : "\(pair.earlier.year)–\(pair.later.year)"
        return isSpanish
            ? "Contiene datos modificados de Copernicus Sentinel [\(years)], analizados por COMET"
            : "Contains modified Copernicus Sentinel data [\(years)], analysed by COMET"
    }

    var caution: String { isSpanish ? "Detección automática, sin revisar" : "Automatic detection, not reviewed" }

    /// For those who do not see the picture.
    var alternative: String {
        let observed = scene.interferogram.map { interferogram in
            let (pair, frame) = (interferogram.pair, "\(interferogram.frame), \(pass(interferogram.frame.pass))")
            return isSpanish
                ? " del interferograma entre \(pair.earlier.iso8601) y \(pair.later.iso8601) (marco \(frame))"
                : " of the interferogram between \(pair.earlier.iso8601) and \(pair.later.iso8601) (frame \(frame))"
        }
        var text =
            isSpanish
            ? "Dos mapas de \(scene.volcano). Primero: fase envuelta\(observed ?? ""). "
                + "Segundo: la misma fase con la probabilidad de deformación y sus contornos de 0,5 y 0,8."
            : "Two maps of \(scene.volcano). First: wrapped phase\(observed ?? ""). "
                + "Second: the same with the probability of deformation and its contours at 0.5 and 0.8."
        if let peak = scene.peak {
            let (value, place) = (probability(peak.probability), language.place(peak.place))
            text += isSpanish ? " La probabilidad máxima, \(value), está en \(place)" : " The greatest probability, \(value), is at \(place)"
            let distance = language.decimal(scene.summit.distance(to: peak.place) / 1000, places: 1)
            let point = language.compassPoint(scene.summit.bearing(to: peak.place))
            text += isSpanish ? ", a \(distance) km al \(point) de la cumbre." : ", \(distance) km \(point) of the summit."
        }
        return (scene.isTest ? test + ". " : "") + text
    }
}
