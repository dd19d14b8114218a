using System.Text.Json;
using Nabla.Symbolics;

namespace Nabla.Tests.Verification;

/// <summary>Reports and drawings opened in a real browser: what it laid out is measured there.</summary>
public sealed class BrowserTests
{
    // Sizes of formulas, texts that overlap or leave their boxes, boxes that overlap, points of edges inside boxes, overflow.
    private const string Measure = """
        const rect = e => e.getBoundingClientRect();
        const overlap = (a, b, slack) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;
        const result = { formulas: 0, emptyFormulas: 0, errors: 0, texts: 0, textsOverlapping: 0, textsOutside: 0, boxes: 0, boxesOverlapping: 0, points: 0, pointsInside: 0,
                         overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth, scripts: document.scripts.length - 1,
                         outside: performance.getEntriesByType('resource').length };
        for (const math of document.querySelectorAll('math')) {
            result.formulas++;
            const box = rect(math);
            if (!(box.width > 4 && box.height > 8)) result.emptyFormulas++;
            for (const part of math.querySelectorAll('mi, mn, mo, mfrac, msup, msqrt')) {
                // U+2061 to U+2064 are the invisible operators: a product without a sign.
                const code = part.textContent.trim().charCodeAt(0);
                if (code && !(code >= 0x2061 && code <= 0x2064) && rect(part).height === 0) result.errors++;
            }
        }
        for (const svg of document.querySelectorAll('svg.graph')) {
            const texts = [...svg.querySelectorAll('text')].map(rect);
            const groups = [...svg.querySelectorAll('g > g')];
            const boxes = groups.map(g => rect(g.querySelector('rect')));
            const frame = rect(svg);
            result.texts += texts.length;
            result.boxes += boxes.length;
            for (let i = 0; i < texts.length; i++) {
                if (texts[i].left < frame.left || texts[i].right > frame.right + 0.5 || texts[i].bottom > frame.bottom) result.textsOutside++;
                for (let j = 0; j < i; j++) if (overlap(texts[i], texts[j], 3.5)) result.textsOverlapping++;
            }
            groups.forEach((g, i) => {
                for (const text of g.querySelectorAll('text')) { const t = rect(text); if (t.left < boxes[i].left + 2 || t.right > boxes[i].right - 2 || t.top < boxes[i].top - 1 || t.bottom > boxes[i].bottom + 1) result.textsOutside++; }
                for (let j = 0; j < i; j++) if (overlap(boxes[i], boxes[j], 0.5)) result.boxesOverlapping++;
            });
            const edges = svg.querySelector('path.g-edge');
            if (!edges) continue;
            const to = edges.getScreenCTM(), at = (p, q, r, s, t) => p * (1 - t) ** 3 + 3 * q * t * (1 - t) ** 2 + 3 * r * t * t * (1 - t) + s * t ** 3;
            for (const piece of edges.getAttribute('d').split('M').slice(1)) {
                // Each piece is a straight line or one cubic curve: asking the browser for points of the whole path takes minutes.
                let n = piece.split(/[LC ]/).map(Number);
                if (n.length === 4) n = [n[0], n[1], n[0], n[1], n[2], n[3], n[2], n[3]];
                for (let t = 0; t <= 1; t += 0.0625) {
                    const p = new DOMPoint(at(n[0], n[2], n[4], n[6], t), at(n[1], n[3], n[5], n[7], t)).matrixTransform(to);
                    result.points++;
                    if (!(p.x >= frame.left && p.x <= frame.right) || boxes.some(b => p.x > b.left + 1.5 && p.x < b.right - 1.5 && p.y > b.top + 1.5 && p.y < b.bottom - 1.5)) result.pointsInside++;
                }
            }
        }
        return result;
        """;

    private static void IsSound(JsonElement found, bool hasFormulas)
    {
        int Count(string name) => found.GetProperty(name).GetInt32();
        Assert.True(hasFormulas == Count("formulas") > 0, found.ToString());
        foreach (string fault in new[] { "emptyFormulas", "errors", "textsOverlapping", "textsOutside", "boxesOverlapping", "pointsInside", "overflow", "scripts", "outside" })
            Assert.True(Count(fault) <= 0, $"{fault}: {found}");
        Assert.True(Count("texts") > 0 && Count("boxes") > 0 && Count("points") > 0, found.ToString());
    }

    [BrowserFact]
    public void A_report_shows_its_formulas_and_its_graph_without_overlap()
    {
        string page = Verify.Gradient(x => (-x.Pow(2) / 2).Exp() / (1 + x.Sqrt()), VerifyTests.Number(2), "-x*exp(-x^2/2)").ToHtml();

        IsSound(Browser.Run(page, Measure, 1280), hasFormulas: true);
    }

    [BrowserFact]
    public void A_page_of_vectors_and_matrices_fits_a_narrow_screen()
    {
        string page = Verify.Gradient((A, b) => (Linalg.Inv(A).MatMul(b) * b).Sum(), (VerifyTests.Matrix([[2, .3], [.1, 1]]), VerifyTests.Vector(1, -1)), (A, b) => (A, b)).ToHtml();

        IsSound(Browser.Run(page, Measure, 500), hasFormulas: true);
    }

    [BrowserFact]
    public void A_drawing_of_200_nodes_alone_has_no_overlap()
    {
        ComputationGraph graph = ComputationGraph.Of(x =>
        {
            Tensor h = x;
            for (int i = 0; i < 33; i++) h = (h * 1.01).Sin() + x[i % 3] * h.Cos();
            return h.Sum();
        }, VerifyTests.Vector(0.1, 0.2, 0.3));

        Assert.InRange(graph.Nodes.Count, 190, 250);
        JsonElement found = Browser.Run(graph.ToSvg(), Measure, 4000);
        IsSound(found, hasFormulas: false);
        Assert.Equal(graph.Nodes.Count, found.GetProperty("boxes").GetInt32());
    }

    [BrowserFact]
    public void A_drawing_of_a_formula_with_long_names_has_no_overlap()
    {
        Symbol longer = Expr.Symbol("a_very_long_name_of_a_symbol_that_must_be_cut"), wide = Expr.Symbol("変数"), greek = Expr.Symbol("μ_x");
        Expr formula = Functions.Exp(-(longer * longer + wide * wide) / 2) * Functions.Sin(greek * wide) / (1 + longer);

        IsSound(Browser.Run(ComputationGraph.Of(formula, new Dictionary<Symbol, double> { [longer] = 1.23456789, [wide] = -1e-300, [greek] = 1e300 }).ToSvg(), Measure, 2000), hasFormulas: false);
    }
}
