import Detection
import Evaluation
import NeuralNetwork
import Testing

@testable import Training

@Suite struct `What surroundings change` {
    private func trained() throws -> (network: Network, parameters: Parameters) {
        let recipe = try MadePatches.recipe()
        let trained = try TrainingRun(recipe, MadePatches.data(), folder: nil).run()
        let (network, parameters) = try trained.network.folded(trained.parameters)
        return (network.logits, parameters)
    }

    @Test func `is measured on patches with something round them: corrected, they mean what they mean alone`() throws {
        let (network, parameters) = try trained()
        let patches = MadePatches.patches(104, side: 320)
        let found = try SurroundingsFit.surroundings(of: network, parameters, patches: patches, name: "made", threads: 1)
        #expect(found.pixels == 48 && found.on == "104 patches of made, 52 with deformation")
        let sliding = try #require(try SlidingNetwork(network, parameters))
        let together = try Scoring.margins(of: patches, sliding, surroundings: 48, threads: 1)
        func fit(_ margins: [Double]) throws -> LogisticCalibration {
            try LogisticCalibration(fitting: zip(patches, margins).map { ScoredCase(score: $1, isPositive: $0.label == .deformation) })
        }
        let alone = try fit(Scoring.margins(of: patches, CompiledNetwork(network, parameters), threads: 1))
        let corrected = try fit(together.map { found.scale * $0 + found.shift })
        #expect(abs(corrected.scale / alone.scale - 1) < 1e-3 && abs(corrected.shift - alone.shift) < 1e-3 * (1 + abs(alone.shift)))
    }

    @Test func `is left open where there is nothing round the patches, or too few of them, and why`() throws {
        let (network, parameters) = try trained()
        for (count, side, wide) in [(104, 300, 0), (98, 320, 49)] {
            let problem = SurroundingsFit.Problem.tooFewPatches(deformation: wide, background: wide, side: 320)
            #expect(throws: problem) {
                try SurroundingsFit.surroundings(
                    of: network, parameters, patches: MadePatches.patches(count, side: side), name: "made", threads: 1)
            }
        }
        let other = try Network.resNet50(side: 224).logits
        #expect(throws: SurroundingsFit.Problem.networkCannotSlide) {
            try SurroundingsFit.surroundings(
                of: other, other.initialParameters(seed: 1), patches: MadePatches.patches(104, side: 320), name: "made", threads: 1)
        }
    }

    @Test func `is told to be left open by a model that is not calibrated either`() throws {
        var recipe = try MadePatches.recipe()
        recipe.calibration.isWanted = false
        let data = try MadePatches.data()
        let package = try ModelPackage(TrainingRun(recipe, data, folder: nil).run(), recipe, data)
        #expect(package.card.surroundings == nil && package.calibrationProblem == nil)
        #expect(package.surroundingsProblem?.description.contains("320 pixels or more are needed") == true)
    }

    @Test func `stands in the card of a model that was validated on such patches`() throws {
        let recipe = try MadePatches.recipe(), made = try MadePatches.data()
        let data = try TrainingData(
            parts: made.parts, validation: [TrainingData.ValidationSet(name: "wide", patches: MadePatches.patches(104, side: 320))], summary: "made")
        let package = try ModelPackage(TrainingRun(recipe, data, folder: nil).run(), recipe, data)
        #expect(package.card.surroundings?.on == "104 patches of wide, 52 with deformation")
        #expect(package.surroundingsProblem == nil)
    }
}
