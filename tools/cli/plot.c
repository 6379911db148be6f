#include "cli/plot.h"

#include "cli/options.h"
#include "cli/output_file.h"
#include "cli/report.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int shown(const plot *p, const plot_line *line, int64_t i)
{
    return isfinite(line->x[i]) && isfinite(line->y[i]) && !(line->x[i] > p->x_most);
}

static void gnuplot_line(FILE *script, const plot *p, const plot_line *line)
{
    for (int64_t i = 0; i < line->n; i++) {
        double e = line->error != NULL && isfinite(line->error[i]) ? line->error[i] : 0.0;
        double about = line->style == PLOT_POINTS_ACROSS ? line->x[i] : line->y[i];
        if (shown(p, line, i))
            fprintf(script, "%.9g %.9g %.9g %.9g\n", line->x[i], line->y[i], about - e, about + e);
        else if (line->gaps) fprintf(script, "\n");
    }
    fprintf(script, "EOD\n");
}

static void gnuplot_marks(FILE *script, const plot *p)
{
    if (p->n_marks == 0) return;
    fprintf(script, "set grid xtics lt 1 lc rgb \"gray\"\nset xrange [%.9g:%.9g]\nset xtics (",
            p->marks[0].at, p->marks[p->n_marks - 1].at);
    for (int32_t m = 0; m < p->n_marks; m++)
        fprintf(script, "%s\"%s\" %.9g", m > 0 ? ", " : "", p->marks[m].label, p->marks[m].at);
    fprintf(script, ")\n");
}

static void write_gnuplot(FILE *script, const plot *p)
{
    static const char *const with[] = { [PLOT_LINE] = "lines",
                                        [PLOT_POINTS] = "points pt 7 ps 0.4",
                                        [PLOT_BARS] = "boxes fs solid 0.6",
                                        [PLOT_GUIDE] = "lines lw 0.5",
                                        [PLOT_POINTS_ACROSS] = "points pt 7 ps 0.8" };
    fprintf(script,
            "set terminal pngcairo size 1000,650\nset title \"%s\" noenhanced\nset xlabel \"%s\" "
            "noenhanced\nset ylabel \"%s\" noenhanced\n",
            p->title, p->x_label, p->y_label);
    for (int32_t l = 0; l < p->n_lines; l++) {
        fprintf(script, "$l%d << EOD\n", (int)l);
        gnuplot_line(script, p, &p->lines[l]);
    }
    if (isfinite(p->level))
        for (int side = -1; side <= 1; side++)
            fprintf(script,
                    "set arrow from graph 0,first %.9g to graph 1,first %.9g nohead dt %d lc rgb "
                    "\"gray\"\n",
                    p->level + side * p->level_error, p->level + side * p->level_error,
                    side == 0 ? 1 : 3);
    gnuplot_marks(script, p);
    if (p->log_y) fprintf(script, "set logscale y\n");
    fprintf(script, "set boxwidth 0.35\nplot ");
    for (int32_t l = 0; l < p->n_lines; l++) {
        int band = p->lines[l].style == PLOT_LINE;
        if (p->lines[l].error != NULL && !band)
            fprintf(script, "$l%d using 1:2:3:4 with %serrorbars pt 0 lc rgb \"gray30\" notitle, ",
                    (int)l, p->lines[l].style == PLOT_POINTS_ACROSS ? "x" : "y");
        if (p->lines[l].error != NULL && band)
            fprintf(script,
                    "$l%d using 1:3:4 with filledcurves fs transparent solid 0.25 lc %d notitle, ",
                    (int)l, (int)l + 1);
        fprintf(script, "$l%d using 1:2 with %s lc %d ", (int)l, with[p->lines[l].style],
                (int)l + 1);
        if (p->lines[l].label[0] != '\0')
            fprintf(script, "title \"%s\" noenhanced", p->lines[l].label);
        else fprintf(script, "notitle");
        fprintf(script, "%s", l + 1 < p->n_lines ? ", " : "\n");
    }
}

static void python_row(FILE *script, const plot *p, const plot_line *line, const double *values)
{
    fprintf(script, "[");
    for (int64_t i = 0; i < line->n; i++)
        if (shown(p, line, i)) fprintf(script, "%.9g,", isfinite(values[i]) ? values[i] : 0.0);
        else if (line->gaps) fprintf(script, "float('nan'),");
    fprintf(script, "]");
}

static void python_marks(FILE *script, const plot *p)
{
    if (p->n_marks == 0) return;
    fprintf(script, "axes.set_xlim(%.9g, %.9g)\naxes.set_xticks([", p->marks[0].at,
            p->marks[p->n_marks - 1].at);
    for (int32_t m = 0; m < p->n_marks; m++) fprintf(script, "%.9g,", p->marks[m].at);
    fprintf(script, "])\naxes.set_xticklabels([");
    for (int32_t m = 0; m < p->n_marks; m++) fprintf(script, "\"%s\",", p->marks[m].label);
    fprintf(script, "])\naxes.grid(axis='x', color='0.7', linewidth=0.8)\n");
}

static void write_python(FILE *script, const plot *p)
{
    static const char *const call[] = { [PLOT_LINE] = "plot(x, y, linewidth=1.2",
                                        [PLOT_POINTS] = "plot(x, y, '.', markersize=4, alpha=0.6",
                                        [PLOT_BARS] = "bar(x, y, width=0.35",
                                        [PLOT_GUIDE] = "plot(x, y, linewidth=0.8, zorder=0",
                                        [PLOT_POINTS_ACROSS] = "plot(x, y, 'o', markersize=5" };
    fprintf(script, "import sys\nimport matplotlib\nmatplotlib.use('Agg')\nimport "
                    "matplotlib.pyplot as plt\nfigure, axes = plt.subplots(figsize=(7.0, 4.6))\n");
    for (int32_t l = 0; l < p->n_lines; l++) {
        const plot_line *line = &p->lines[l];
        fprintf(script, "x = ");
        python_row(script, p, line, line->x);
        fprintf(script, "\ny = ");
        python_row(script, p, line, line->y);
        char colour[16] = "0.6";
        if (line->style != PLOT_GUIDE) snprintf(colour, sizeof colour, "C%d", (int)l);
        fprintf(script, "\naxes.%s, color='%s', label=\"%s\")\n", call[line->style], colour,
                line->label);
        if (line->error == NULL) continue;
        fprintf(script, "e = ");
        python_row(script, p, line, line->error);
        if (line->style != PLOT_LINE) {
            int bars = line->style == PLOT_BARS;
            fprintf(script,
                    "\naxes.errorbar(x, y, %s=e, fmt='%s', color='%s', elinewidth=0.8, "
                    "capsize=2)\n",
                    line->style == PLOT_POINTS_ACROSS ? "xerr" : "yerr", bars ? "none" : "o",
                    bars ? "0.3" : colour);
            continue;
        }
        fprintf(script,
                "\naxes.fill_between(x, [a - b for a, b in zip(y, e)], [a + b for a, b in zip(y, "
                "e)], color='C%d', alpha=0.25, linewidth=0)\n",
                (int)l);
    }
    if (isfinite(p->level))
        fprintf(script,
                "axes.axhline(%.9g, color='0.5', linewidth=0.8)\naxes.axhspan(%.9g, %.9g, "
                "color='0.5', alpha=0.2, linewidth=0)\n",
                p->level, p->level - p->level_error, p->level + p->level_error);
    fprintf(script,
            "axes.set_title(\"%s\")\naxes.set_xlabel(\"%s\")\naxes.set_ylabel(\"%s\")\nif "
            "axes.get_legend_handles_labels()[1]:\n    axes.legend(frameon=False)\n",
            p->title, p->x_label, p->y_label);
    python_marks(script, p);
    if (p->log_y) fprintf(script, "axes.set_yscale('log')\n");
    fprintf(script, "figure.tight_layout()\n");
    fprintf(script, "figure.savefig(sys.stdout.buffer, format='png', dpi=150)\n");
}

/* Runs a program on the script, with the file as its output. 1 if the program reports success. */
static int draw(const char *program, FILE *script, FILE *image)
{
    posix_spawn_file_actions_t actions;
    char name[64], dash[] = "-", *arguments[] = { name, dash, NULL };
    pid_t child;
    int state = -1;
    snprintf(name, sizeof name, "%s", program);
    if (fflush(script) != 0 || fseek(script, 0, SEEK_SET) != 0
        || posix_spawn_file_actions_init(&actions) != 0)
        return 0;
    lseek(fileno(script), 0, SEEK_SET);
    posix_spawn_file_actions_adddup2(&actions, fileno(script), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(image), STDOUT_FILENO);
    /* error messages of a plotter without its library do not help the reader */
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&child, name, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return 0;
    while (waitpid(child, &state, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

/* GO_ON: not drawn; DONE: drawn; otherwise an exit code after a message. */
static int attempt(const plot *p, const char *path, const char *program,
                   void (*write)(FILE *, const plot *))
{
    output image;
    FILE *script = tmpfile();
    if (script == NULL)
        return report_error(FAILED, "no temporary file for a plot: %s", strerror(errno));
    int code = output_open(&image, path);
    if (code == GO_ON) {
        write(script, p);
        int drawn = draw(program, script, image.stream);
        code = output_close(&image, drawn);
        if (code == DONE && !drawn) code = GO_ON;
    }
    fclose(script);
    return code;
}

int plot_write(const plot *p, const char *path)
{
    static const struct {
        const char *program;
        void (*write)(FILE *, const plot *);
    } plotters[] = { { "gnuplot", write_gnuplot },
                     { "python3", write_python },
                     { "/usr/bin/python3", write_python } };
    for (size_t k = 0; k < sizeof plotters / sizeof plotters[0]; k++) {
        int code = attempt(p, path, plotters[k].program, plotters[k].write);
        if (code != GO_ON) return code == DONE ? GO_ON : code;
    }
    return report_error(
        FAILED,
        "%s: not drawn; plots need gnuplot or Python with matplotlib (Debian: python3-matplotlib)",
        path);
}
