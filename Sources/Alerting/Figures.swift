internal import Domain

// Figures in explanations: two decimals for probabilities, so that 0.80 reads as the threshold does.

func figure(_ probability: Probability) -> String {
    // Rounded down: 0.796 must not read as "0.80 is below 0.80".
    let hundredths = Int((probability.value * 100 + 1e-9).rounded(.down))
    return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
}

func kilometres(_ metres: Double) -> String { decimals(metres / 1000, 1) + " km" }

func squareKilometres(_ area: Double) -> String { decimals(area, 1) + " km2" }

/// At most `places` decimals, trailing zeros left out.
func decimals(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}
