using System.Text.Json;
using TlsProxy.Bench.Load.Questions;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Answers to questions for programs. Their measurements stand among the others, under the question's title.</summary>
internal static class QuestionJson
{
    public static void Write(Utf8JsonWriter json, IEnumerable<QuestionResult> results)
    {
        json.WriteStartArray("questions");
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Question.Name);
            json.WriteString("title", result.Question.Title);
            json.WriteStartObject("settings");
            foreach (var variant in result.Question.Variants)
                json.WriteString(variant.Name, string.Join(' ', variant.Options));
            json.WriteEndObject();
            json.WriteStartArray("pollingThreadShares");
            foreach (var (key, share) in result.PollShares)
            {
                json.WriteStartObject();
                json.WriteString("setting", key.Variant);
                json.WriteString("cell", key.Cell.Name);
                json.WriteNumber("share", share.Median);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("answer");
            foreach (var sentence in QuestionVerdict.Of(result))
                json.WriteStringValue(sentence);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
