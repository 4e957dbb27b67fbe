from dialects import plugin

Plugin = plugin("bigquery", quote="`")
