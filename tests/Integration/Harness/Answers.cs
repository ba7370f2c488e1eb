using System.Globalization;
using System.Text;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A path of the scripted origin with its answers in order; the last one is given again and again.</summary>
internal sealed class Answers
{
    private readonly ScriptedOrigin _origin;
    private readonly string[] _answers;
    private readonly List<MessageHead> _asked = [];

    private Answers(ScriptedOrigin origin, string[] answers, string folder)
    {
        _origin = origin;
        _answers = answers;
        Path = origin.Add(AnswerAsync, folder);
    }

    public string Path { get; }

    /// <summary>The requests that reached the origin.</summary>
    public IReadOnlyList<MessageHead> Asked
    {
        get
        {
            lock (_asked)
                return [.. _asked];
        }
    }

    public int Count => _origin.CountRequests(Path);

    /// <param name="answers">Each a status and fields, separated by <c>|</c>; the body of the first is <c>body 1</c>. <c>close</c> ends the
    /// connection instead.</param>
    public static Answers Add(ScriptedOrigin origin, params string[] answers) => new(origin, answers, "/path/");

    public static Answers AddBelow(string folder, ScriptedOrigin origin, params string[] answers) => new(origin, answers, folder);

    private async Task AnswerAsync(OriginExchange exchange)
    {
        int number;
        lock (_asked)
        {
            _asked.Add(exchange.Head);
            number = _asked.Count;
        }

        var answer = _answers[Math.Min(number, _answers.Length) - 1].Split('|', StringSplitOptions.TrimEntries);
        if (answer[0] == "close")
        {
            exchange.Close();
            return;
        }

        var body = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"body {number}"));
        var bodiless = answer[0] is "204" or "304";
        string[] length = bodiless || answer.Any(field => field.StartsWith("Content-Length", StringComparison.Ordinal))
            ? [] : ["Content-Length: " + body.Length.ToString(CultureInfo.InvariantCulture)];
        await exchange.SendHeadAsync($"HTTP/1.1 {answer[0]} Whatever", [.. answer[1..], .. length]);
        if (!bodiless && exchange.Head.Method != "HEAD")
            await exchange.SendAsync(body);
    }
}
