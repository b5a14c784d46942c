import Domain
import Raster

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whether a crop holds a measurement at all. Failing it is never "no deformation".
struct QualityGate {
    let settings: DetectionSettings

    func quality(phase: RasterGrid, coherence: RasterGrid?) -> Quality {
        Quality(
            validShare: phase.validShare,
            meanCoherence: coherence.flatMap { $0.statistics(whereValidIn: phase).mean })
    }

    /// Nil where the crop can be assessed.
    func refusal(of phase: RasterGrid, quality: Quality) -> NotAssessable? {
        func refuse(_ reason: NotAssessable.Reason, _ explanation: String) -> NotAssessable {
            NotAssessable(reason: reason, explanation: explanation, quality: quality)
        }
        guard quality.validShare > 0 else {
            return refuse(.outsideImage, "no data round the volcano: the image does not cover it, or is empty there")
        }
        guard quality.validShare >= settings.leastValidShare else {
            return refuse(
                .tooLittleValidArea,
                "\(percent(quality.validShare)) of the crop has data, at least \(percent(settings.leastValidShare)) is needed"
            )
        }
        if let coherence = quality.meanCoherence, coherence < settings.leastMeanCoherence {
            return refuse(
                .tooLittleCoherence,
                "the mean coherence is \(decimal(coherence)), at least \(decimal(settings.leastMeanCoherence)) is needed"
            )
        }
        // A sample that spreads far more tells enough. A prime, so that it runs through all columns.
        let sample = circularSpread(of: phase, every: 61)
        let spread = sample > 10 * settings.leastPhaseSpread ? sample : circularSpread(of: phase, every: 1)
        guard spread >= settings.leastPhaseSpread else {
            return refuse(
                .constantPhase,
                "the phase spreads \(decimal(spread)) rad round its mean, less than \(decimal(settings.leastPhaseSpread)): not a measurement"
            )
        }
        return nil
    }

    /// Why no patch could be judged although the crop as a whole has data: it is scattered, or lies in a corner.
    func refusalForEmptyPatches(quality: Quality) -> NotAssessable {
        NotAssessable(
            reason: .tooLittleValidArea,
            explanation: "no patch has data in at least \(percent(settings.leastPatchValidShare)) of its area",
            quality: quality)
    }

    /// The standard deviation of angles (Mardia 1972): sqrt(-2 ln R), R the length of their mean vector; radians.
    private func circularSpread(of phase: RasterGrid, every step: Int) -> Double {
        var (cosines, sines, count) = (0.0, 0.0, 0)
        for index in stride(from: 0, to: phase.values.count, by: step) where phase.values[index].isFinite {
            let value = phase.values[index]
            cosines += Double(cosf(value))
            sines += Double(sinf(value))
            count += 1
        }
        let length = (cosines * cosines + sines * sines).squareRoot() / Double(max(1, count))
        return count == 0 ? 0 : length > 0 ? max(0, -2 * log(min(1, length))).squareRoot() : .infinity
    }

    private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
    private func decimal(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
