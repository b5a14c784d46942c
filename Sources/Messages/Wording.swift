import Domain

/// The fixed words of the messages. Whole sentences in each language, so that a translator changes one file and grammar is not glued.
struct Wording {
    let language: Language
    var isSpanish: Bool { language == .spanish }

    func kind(_ kind: AlertKind) -> String {
        switch kind {
        case .new: isSpanish ? "NUEVA" : "NEW"
        case .update: isSpanish ? "ACTUALIZACIÓN" : "UPDATE"
        case .confirmed: isSpanish ? "CONFIRMADA" : "CONFIRMED"
        case .cancelled: isSpanish ? "RETIRADA" : "CANCELLED"
        case .ended: isSpanish ? "TERMINADA" : "ENDED"
        case .test: isSpanish ? "PRUEBA" : "TEST"
        }
    }

    func tier(_ tier: Tier) -> String {
        switch tier {
        case .notify: isSpanish ? "aviso" : "notice"
        case .alert: isSpanish ? "alerta" : "alert"
        }
    }

    func pass(_ pass: Pass) -> String {
        switch pass {
        case .ascending: isSpanish ? "ascendente" : "ascending"
        case .descending: isSpanish ? "descendente" : "descending"
        }
    }

    func headline(_ kind: AlertKind, volcano: String) -> String {
        switch kind {
        case .new: isSpanish ? "Posible deformación del terreno en \(volcano)" : "Possible ground deformation at \(volcano)"
        case .update:
            isSpanish ? "Novedades sobre la posible deformación en \(volcano)" : "News of the possible ground deformation at \(volcano)"
        case .confirmed:
            isSpanish
                ? "Un segundo interferograma independiente también muestra la posible deformación en \(volcano)"
                : "A second, independent interferogram also shows the possible deformation at \(volcano)"
        case .cancelled:
            isSpanish ? "Se retira el aviso de posible deformación en \(volcano)" : "The flag of possible deformation at \(volcano) is withdrawn"
        case .ended:
            isSpanish ? "La posible deformación en \(volcano) ya no se observa" : "The possible deformation at \(volcano) is no longer seen"
        case .test: isSpanish ? "Mensaje de prueba con los datos de \(volcano)" : "Test message with the data of \(volcano)"
        }
    }

    /// Why this message was sent.
    func reason(_ reason: DecisionReason, kind: AlertKind) -> String {
        if kind == .test {
            return isSpanish
                ? "Un operador lo envió para comprobar que los mensajes llegan. No ha ocurrido nada en el volcán."
                : "An operator sent it to check that messages arrive. Nothing has happened at the volcano."
        }
        if kind == .cancelled, reason != .rejected {
            return isSpanish ? "Datos posteriores o una revisión ya no la apoyan." : "Later data or a review no longer support it."
        }
        return switch reason {
        case .firstFlag:
            isSpanish ? "Es la primera señal en este lugar desde hace un tiempo." : "It is the first flag at this place for some time."
        case .newPlace:
            isSpanish
                ? "La señal está en un lugar nuevo de un volcán que ya tiene otra señal en seguimiento."
                : "The flag is at a new place of a volcano where another flag is being followed."
        case .higherTier: isSpanish ? "La probabilidad ha subido al siguiente nivel." : "The probability has risen to the next tier."
        case .growth:
            isSpanish ? "El área señalada ha crecido desde el último mensaje." : "The flagged area has grown since the last message."
        case .confirmed:
            isSpanish
                ? "Dos interferogramas que no comparten ninguna fecha señalan el mismo lugar."
                : "Two interferograms that share no acquisition are flagged at the same place."
        case .ended:
            isSpanish
                ? "Los interferogramas recientes ya no señalan este lugar. Eso no descarta que siga deformándose lentamente."
                : "Recent interferograms are no longer flagged here. That does not rule out slow deformation."
        case .rejected: isSpanish ? "Una persona experta la ha revisado y la rechaza." : "An expert has reviewed it and rejects it."
        case .belowThreshold, .withinHysteresis, .nothingNew, .neighbouringVolcano, .historic, .alreadyDecided, .muted:
            isSpanish ? "Las reglas no piden un mensaje; se envió a mano." : "The rules ask for no message; it was sent by hand."
        }
    }

    /// `3.2 km NW of the summit`
    func location(distance: Double, bearing: Double) -> String {
        if distance < 100 { return isSpanish ? "en la cumbre" : "at the summit" }
        let (length, point) = (language.decimal(distance / 1000, places: 1), language.compassPoint(bearing))
        return isSpanish ? "a \(length) km al \(point) de la cumbre" : "\(length) km \(point) of the summit"
    }

    /// `2.3 fringes, about 6.4 cm towards the satellite`
    func motion(_ motion: LineOfSightMotion) -> String {
        let fringes = language.decimal(motion.fringes, places: 1), length = language.decimal(abs(motion.centimetres), places: 1)
        let towards = motion.centimetres >= 0
        return isSpanish
            ? "\(fringes) franjas, unos \(length) cm \(towards ? "hacia el satélite" : "en sentido contrario al satélite")"
            : "\(fringes) fringes, about \(length) cm \(towards ? "towards" : "away from") the satellite"
    }

    func days(_ count: Int) -> String {
        isSpanish ? "\(count) \(count == 1 ? "día" : "días")" : "\(count) \(count == 1 ? "day" : "days")"
    }

    /// What was said of an earlier flag.
    func told(_ kind: AlertKind?) -> String {
        guard let kind else { return isSpanish ? "sin mensaje" : "no message" }
        return self.kind(kind)
    }

    var disclaimer: String {
        isSpanish
            ? "Detección automática, sin revisar por una persona. Es una señal para investigar más, no un pronóstico."
            : "Automatic detection, not reviewed by a person. A flag for further investigation, not a forecast."
    }

    /// - Parameter years: of the two acquisitions.
    func credit(years: String) -> String {
        isSpanish
            ? "Contiene datos modificados de Copernicus Sentinel [\(years)], analizados por COMET."
            : "Contains modified Copernicus Sentinel data [\(years)], analysed by COMET."
    }
}
