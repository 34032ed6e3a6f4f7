// Quantized versions of a model
//
// /// query
// audience = "engineer"
// question = "Which quantized versions of this model are there, in which format and from whom?"
// statuses = ["listed", "internal"]
// key = ["model", "copy"]
// misses = "Copies that do not name their source, or not as their source but as what they were fine-tuned from (relations and formats together find those); how many bits a copy has, and methods such as AWQ and GPTQ, whose files are safetensors: only the name tells. Copies on the way from one copy to another may be of any status."
// references = ["question Q1"]
//
// [params]
// model = { type = "STRING", default = "gorseland/siskin-3b", id_of = "Model", help = "Id of the model, or another name, in any letter case" }
// formats = { type = "LIST<STRING>", default = [], choices = ["coreml", "flax", "ggml", "gguf", "jax", "joblib", "keras", "mlx", "onnx", "openvino", "pytorch", "rust", "safetensors", "tf", "tflite"], help = "Only copies with files in one of these formats; none: all copies" }
// publishers = { type = "LIST<STRING>", default = [], help = "Only copies of these accounts; none: all copies" }
// relations = { type = "LIST<STRING>", default = ["QUANTIZATION_OF"], choices = ["FINETUNE_OF", "ADAPTER_OF", "QUANTIZATION_OF", "MERGE_OF", "BASED_ON"], help = "Relations that make a copy" }
// max_hops = { type = "INTEGER", default = 40, range = [1, 40], help = "Copies of copies to follow; 1: only those made from the model itself" }
// limit = { type = "INTEGER", default = 1000, help = "Most rows to return, most downloads first" }
//
// [columns]
// model = "STRING"
// copy = "STRING"
// publisher = "STRING"
// formats = "LIST<STRING>"
// hops = "INTEGER"
// same_publisher = "BOOLEAN"
// licenses = "LIST<STRING>"
// downloads = "INTEGER"
// created_at = "ZONED DATETIME"
// ///
OPTIONAL MATCH (:Alias {id_lower: toLower($model)})<-[:ALSO_KNOWN_AS]-(renamed:Model)
MATCH (model:Model {id_lower: coalesce(renamed.id_lower, toLower($model))})
WHERE model.id = $model OR NOT EXISTS { (:Model {id: $model}) }
MATCH path = (copy:Model)-[edge:FINETUNE_OF|ADAPTER_OF|QUANTIZATION_OF|MERGE_OF|BASED_ON WHERE type(edge) IN $relations]->{1,40}(model)
WHERE copy <> model
WITH model, copy, min(length(path)) AS hops
WHERE hops <= $max_hops
  AND copy.status IN ['listed', 'internal']
  AND (size($formats) = 0 OR any(format IN copy.formats WHERE format IN $formats))
  AND (size($publishers) = 0 OR copy.author IN $publishers)
WITH model, copy, hops
ORDER BY model.id, coalesce(copy.downloads, 0) DESC, copy.id
LIMIT $limit
RETURN
  model.id AS model,
  copy.id AS copy,
  copy.author AS publisher,
  copy.formats AS formats,
  hops,
  copy.author = model.author AS same_publisher,
  COLLECT { MATCH (copy)-[:UNDER_LICENSE]->(license:License) RETURN license.id ORDER BY license.id } AS licenses,
  copy.downloads AS downloads,
  copy.created_at AS created_at
ORDER BY model, coalesce(downloads, 0) DESC, copy
