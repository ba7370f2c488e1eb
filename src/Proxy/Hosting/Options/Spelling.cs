namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Finds what was meant by a name that there isn't.</summary>
internal static class Spelling
{
    // Two letters that have changed places are two mistakes.
    private const int MistakesMaximum = 2;
    private const int LettersForAMistake = 3;

    /// <summary>A question that names the most similar of the names, beginning with a space; empty where none is similar.</summary>
    /// <param name="prefix">With what all names begin: its letters say nothing about what was meant.</param>
    public static string Hint(string name, IEnumerable<string> names, string prefix = "")
    {
        var nearest = names.Select(known => (Name: known, Mistakes: Distance(name, known))).MinBy(one => one.Mistakes);
        var letters = name.Length - prefix.Length;
        return nearest.Name is not null && nearest.Mistakes <= Math.Min(MistakesMaximum, letters / LettersForAMistake)
            ? $" Did you mean {nearest.Name}?"
            : string.Empty;
    }

    /// <summary>Letters to change, add or leave out (Levenshtein's distance).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j - 1], diagonal));
            }
        }

        return row[^1];
    }
}
