import Evaluation
import FoundationEssentials
import MapPicture

/// What an epoch brought.
public struct EpochRecord: Codable, Hashable, Sendable {
    /// From 1.
    public let epoch: Int
    /// Steps made so far.
    public let steps: Int
    public let learningRate: Double
    /// Means over the epoch, with augmentation and as training sees the network.
    public let trainingLoss: Double
    public let trainingAccuracy: Double
    /// By validation set.
    public let validation: [Measured]

    public struct Measured: Codable, Hashable, Sendable {
        public let name: String
        public let loss: Double
        public let auc: Double
        /// At probability 0.5.
        public let accuracy: Double
    }

    /// What decides which weights are kept: the mean AUC of the validation sets.
    public var auc: Double { validation.reduce(0) { $0 + $1.auc } / Double(max(1, validation.count)) }
}

/// All epochs, as a table and as a picture.
struct TrainingHistory {
    let records: [EpochRecord]

    var csv: String {
        let sets = records.first?.validation.map(\.name) ?? []
        let heading =
            ["epoch", "steps", "learning_rate", "training_loss", "training_accuracy"]
            + sets.flatMap { ["\($0)_loss", "\($0)_auc", "\($0)_accuracy"] }.map(\.csvField)
        let rows = records.map { record in
            ["\(record.epoch)", "\(record.steps)", "\(record.learningRate)", "\(record.trainingLoss)", "\(record.trainingAccuracy)"]
                + record.validation.flatMap { ["\($0.loss)", "\($0.auc)", "\($0.accuracy)"] }
        }
        return ([heading] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }

    func picture(title: String) throws(MapPictureError) -> Data {
        let epochs = Chart.Axis("epoch")
        let sets = records.first?.validation.map(\.name) ?? []
        func line(_ name: String, _ value: (EpochRecord) -> Double) -> Chart.Series {
            Chart.Series(name, records.map { (Double($0.epoch), value($0)) })
        }
        func lines(_ value: @escaping (EpochRecord.Measured) -> Double) -> [Chart.Series] {
            sets.indices.map { set in line(sets[set]) { set < $0.validation.count ? value($0.validation[set]) : .nan } }
        }
        return try Chart.render([
            Chart("\(title): loss", x: epochs, y: Chart.Axis("cross entropy"), series: [line("training", \.trainingLoss)] + lines(\.loss)),
            Chart("AUC on validation", x: epochs, y: Chart.Axis("area under the ROC curve"), series: lines(\.auc)),
            Chart("Learning rate", x: epochs, y: Chart.Axis("learning rate"), series: [line("", \.learningRate)]),
        ])
    }
}
